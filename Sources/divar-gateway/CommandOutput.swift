internal import Glibc

/// Where a command's result goes: standard output or a file. Gathers what is written, so that a long export is not a
/// system call a line.
final class CommandOutput {
    private let path: String?
    /// Nil while the file is not open.
    private var descriptor: Int32?
    private var pending: [UInt8] = []

    private static let gathered = 64 * 1024

    /// - Parameter path: a file, which is written anew with the first that is written to it, and is its owner's alone
    ///   to read; nil for standard output.
    init(path: String? = nil) {
        self.path = path
        descriptor = path == nil ? STDOUT_FILENO : nil
    }

    deinit {
        if path != nil, let descriptor { _ = close(descriptor) }
    }

    func line(_ text: String) throws {
        try write(text + "\n")
    }

    func write(_ text: String) throws {
        pending.append(contentsOf: text.utf8)
        if pending.count >= CommandOutput.gathered { try flush() }
    }

    /// Whether something waits to be written.
    var isPending: Bool { !pending.isEmpty }

    /// Called at the end of every command.
    func flush() throws {
        let descriptor = try opened()
        let bytes = pending
        pending = []
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
            }
            if count >= 0 {
                written += count
            } else if errno == EPIPE {
                throw ClosedPipe()
            } else if errno == EAGAIN {
                var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&request, 1, -1)
            } else if errno != EINTR {
                throw failure
            }
        }
    }

    private func opened() throws -> Int32 {
        if let descriptor { return descriptor }
        let descriptor = unsafe open(path ?? "", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure }
        self.descriptor = descriptor
        return descriptor
    }

    /// What the system said last.
    private var failure: OutputFailure {
        let reason = unsafe String(cString: strerror(errno))
        return OutputFailure(description: "\(path ?? "standard output") can not be written: \(reason)")
    }
}
