private import Glibc
package import Journal

/// The right to write a journal: one gateway has it. Given up when the process ends, however it ends (flock(2)).
package final class JournalLock: Sendable {
    private let descriptor: Int32

    /// Throws where another process has it, or the file can't be made.
    package init(path: String) throws(JournalStoreError) {
        let lockPath = JournalFileName.lock(of: path)
        let descriptor = unsafe open(lockPath, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw JournalStoreError(.inputOutput, "\(lockPath) can not be made: \(JournalLock.reason(errno))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            _ = close(descriptor)
            guard reason == EWOULDBLOCK else {
                throw JournalStoreError(.inputOutput, "\(lockPath) can not be locked: \(JournalLock.reason(reason))")
            }
            throw JournalStoreError(.locked, "another gateway writes the journal \(path)")
        }
        self.descriptor = descriptor
    }

    deinit {
        _ = close(descriptor)
    }

    private static func reason(_ number: Int32) -> String {
        unsafe String(cString: strerror(number))
    }
}
