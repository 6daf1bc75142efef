private import CLinuxProcess
private import Glibc

/// What the process asks of the system before it does anything.
package enum ProcessLimits {
    static func prepare() {
        // A peer that goes away is an error of a write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        // The soft limit is 1,024 descriptors by habit; every connection takes one.
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// Signals on which Swift's own handler prints a backtrace: with the registers, and the memory that they point to.
    private static let crashes = [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT, SIGSEGV, SIGTRAP]

    /// Keeps the memory of this process, which holds keys, out of core files, crash reports and the reach of other
    /// processes of the same user. For good: the limit can't be raised again.
    package static func forbidDumps() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        // The limit does not hold where the kernel pipes core dumps to a program. This does; and it forbids ptrace.
        _ = c_linux_process_forbid_dumps()
        // SWIFT_BACKTRACE was read before main; without its handlers it does nothing.
        for crash in ProcessLimits.crashes { signal(crash, SIG_DFL) }
    }

    /// Until `ReloadService` listens: what was started a moment ago has read its configuration a moment ago, and must
    /// not die of being asked to read it again.
    static func ignoreReloads() {
        signal(SIGHUP, SIG_IGN)
    }
}
