package import Messaging
private import Synchronization

/// The directory that is in force, for all event loops, and the place where a reload puts another one.
///
/// Its lock is held for as long as it takes to read or write one reference.
package final class SharedCallers: CallerAuthenticating {
    private let directory: Mutex<CallerDirectory>
    /// Seconds since 1970.
    private let now: @Sendable () -> Int64

    package init(_ directory: CallerDirectory, now: @escaping @Sendable () -> Int64) {
        self.directory = Mutex(directory)
        self.now = now
    }

    package var current: CallerDirectory { directory.withLock { $0 } }

    package func replace(by new: CallerDirectory) {
        directory.withLock { $0 = new }
    }

    package func recognition(of credentials: CallerCredentials) -> CallerRecognition {
        current.recognition(of: credentials, at: now())
    }
}
