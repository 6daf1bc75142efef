private import CLinuxProcess
private import Glibc

/// A command that prints a key, such as a client of a vault. Run as it is written, never through a shell.
package struct KeyCommand: Sendable, Hashable, CustomStringConvertible {
    /// The program, and what it is told.
    let arguments: [String]
    let timeoutMilliseconds: Int

    package static let defaultTimeoutMilliseconds = 5000

    /// - Parameter arguments: at least the program: a path, or a name that is looked up in `PATH`.
    package init(_ arguments: [String], timeoutMilliseconds: Int = KeyCommand.defaultTimeoutMilliseconds) {
        (self.arguments, self.timeoutMilliseconds) = (arguments, timeoutMilliseconds)
    }

    /// The program alone: what it is told may be nobody's business.
    package var description: String { arguments.first ?? "" }

    /// Runs it, and gives what it printed on standard output. Its standard input is empty; its standard error goes
    /// nowhere, since there is no telling what a vault's client puts there.
    ///
    /// It is in a process group of its own, which is killed whole: when time is up, when it printed more than the
    /// limit, and when it is done, for what it may have left behind holds the pipe open.
    func output(limit: Int, environment: [String: String]) throws(KeySourceError) -> [UInt8] {
        var pipe: [Int32] = [0, 0]
        guard unsafe Glibc.pipe(&pipe) == 0 else { throw .notStarted(command: description) }
        for end in pipe { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(pipe[0]) }
        let process = spawn(output: pipe[1], environment: environment)
        close(pipe[1])
        guard let process else { throw .notStarted(command: description) }
        let output = read(pipe[0], limit: limit, until: now() + timeoutMilliseconds)
        let isEnded = output != nil && wait(for: process, until: now() + KeyCommand.patience)
        kill(-process, SIGKILL)
        var status: Int32 = isEnded ? lastStatus(of: process) : 0
        if !isEnded { _ = unsafe waitpid(process, &status, 0) }
        guard let output else { throw .timedOut(command: description) }
        guard isEnded, status == 0 else { throw .failed(command: description, status: KeyCommand.words(status)) }
        return output
    }

    /// Between the end of its output and its own.
    private static let patience = 1000

    private func spawn(output: Int32, environment: [String: String]) -> pid_t? {
        guard let program = arguments.first else { return nil }
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        unsafe posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        // Whatever else is open is none of its business: connections, listeners, the journal.
        unsafe c_linux_process_close_from(&actions, STDERR_FILENO + 1)
        var defaults = sigset_t()
        unsafe sigfillset(&defaults)
        var blocked = sigset_t()
        unsafe sigemptyset(&blocked)
        // The gateway ignores some signals and blocks others, which a program would inherit.
        unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
        unsafe posix_spawnattr_setsigmask(&attributes, &blocked)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
        var words: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) } + [nil]
        var settings: [UnsafeMutablePointer<CChar>?] =
            unsafe environment.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
        defer { unsafe (words + settings).forEach { unsafe free($0) } }
        var process = pid_t()
        return unsafe posix_spawnp(&process, program, &actions, &attributes, &words, &settings) == 0 ? process : nil
    }

    /// Nil where it took too long, or printed without end.
    private func read(_ descriptor: Int32, limit: Int, until end: Int) -> [UInt8]? {
        var output: [UInt8] = []
        while output.count < limit {
            var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let left = end - now()
            guard left > 0 else { return nil }
            let ready = unsafe poll(&request, 1, Int32(clamping: left))
            if ready == 0 { return nil }
            if ready < 0 { continue }
            var bytes = [UInt8](repeating: 0, count: limit - output.count)
            let count = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return output }
            output += bytes.prefix(count)
        }
        return output
    }

    /// Whether it ends by itself in time. It stays to be waited for.
    private func wait(for process: pid_t, until end: Int) -> Bool {
        while true {
            var information = unsafe siginfo_t()
            let options = WEXITED | WNOHANG | WNOWAIT
            if unsafe waitid(P_PID, id_t(process), &information, options) == 0, unsafe information.si_signo == SIGCHLD {
                return true
            }
            guard now() < end else { return false }
            usleep(1000)
        }
    }

    private func lastStatus(of process: pid_t) -> Int32 {
        var status: Int32 = 0
        _ = unsafe waitpid(process, &status, 0)
        return status
    }

    private static func words(_ status: Int32) -> String {
        let signal = status & 0x7F
        return signal == 0 ? "exit status \(status >> 8 & 0xFF)" : "ended by signal \(signal)"
    }

    /// Milliseconds of the monotonic clock.
    private func now() -> Int {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}
