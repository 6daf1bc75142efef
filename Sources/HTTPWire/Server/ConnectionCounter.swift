private import Synchronization

/// Counts the open connections of all loops.
final class ConnectionCounter: Sendable {
    private let count = Atomic<Int>(0)

    /// The count with the new connection in it.
    func increment() -> Int {
        count.add(1, ordering: .relaxed).newValue
    }

    func decrement() {
        count.subtract(1, ordering: .relaxed)
    }

    var current: Int { count.load(ordering: .relaxed) }
}
