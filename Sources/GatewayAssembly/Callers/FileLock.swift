private import Glibc

/// The right to edit a file, one process at a time (flock(2)). Given up when it goes, however the process ends.
final class FileLock {
    private let descriptor: Int32

    private static let pause: UInt32 = 20_000
    private static let attempts = 500

    /// Waits up to ten seconds for another editor. Throws where it has not ended by then.
    init(path: String) throws(ProcessError) {
        // Whoever may edit the file may wait for it: the lock holds nothing, so reading it is enough.
        var descriptor = unsafe open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0o644)
        if descriptor < 0 { descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else {
            let reason = unsafe String(cString: strerror(errno))
            throw ProcessError("\(path) can not be made: \(reason)")
        }
        for attempt in 1...FileLock.attempts {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { break }
            guard errno == EWOULDBLOCK || errno == EINTR, attempt < FileLock.attempts else {
                _ = close(descriptor)
                throw ProcessError("another process edits the callers file: \(path) is locked")
            }
            _ = usleep(FileLock.pause)
        }
        self.descriptor = descriptor
    }

    deinit {
        _ = close(descriptor)
    }
}
