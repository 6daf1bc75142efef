/// Remembers by their hashes which keys were evicted lately, first in, first out.
struct GhostList {
    private var hashes = ArrivalOrder<Int>()

    var count: Int { hashes.count }

    mutating func add(_ hash: Int, keeping limit: Int) {
        hashes.add(hash)
        while hashes.count > max(1, limit) { _ = hashes.removeOldest() }
    }

    /// Whether it was there.
    mutating func take(_ hash: Int) -> Bool { hashes.remove(hash) }
}
