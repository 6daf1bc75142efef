private import Synchronization

/// Counts the open connections of all loops, and, where that is limited, those of each address.
final class ConnectionCounter: Sendable {
    private let count = Atomic<Int>(0)
    private let addresses = Mutex<[String: Int]>([:])

    /// The count with the new connection in it.
    func increment() -> Int {
        count.add(1, ordering: .relaxed).newValue
    }

    func decrement() {
        count.subtract(1, ordering: .relaxed)
    }

    /// False, and nothing counted, where an address has as many as it may have.
    func increment(_ address: String, limit: Int) -> Bool {
        addresses.withLock { addresses in
            guard addresses[address, default: 0] < limit else { return false }
            addresses[address, default: 0] += 1
            return true
        }
    }

    func decrement(_ address: String) {
        addresses.withLock { addresses in
            guard let count = addresses[address] else { return }
            addresses[address] = count > 1 ? count - 1 : nil
        }
    }

    var current: Int { count.load(ordering: .relaxed) }
}
