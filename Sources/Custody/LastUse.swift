private import Synchronization

/// When something was last used: noted on each call, from any event loop, so it is an atomic and nothing more.
final class LastUse: Sendable {
    private let seconds = Atomic<Int64>(0)

    func note(_ unixSeconds: Int64) {
        // A store that changes nothing would still take the cache line from the other loops.
        guard seconds.load(ordering: .relaxed) != unixSeconds else { return }
        seconds.store(unixSeconds, ordering: .relaxed)
    }

    /// Nil where it wasn't yet.
    var unixSeconds: Int64? {
        let seconds = seconds.load(ordering: .relaxed)
        return seconds == 0 ? nil : seconds
    }
}
