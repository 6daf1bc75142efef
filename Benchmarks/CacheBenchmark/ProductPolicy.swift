internal import ConversationCache
internal import NIOCore

/// The product's own cache.
struct ProductPolicy: EvictionPolicy {
    private var cache: ConversationCache
    private let reads: [CacheRead]
    private let bodies: [ByteBuffer]

    init(maximumBytes: Int, reads: [CacheRead], bodies: [Int]) {
        cache = ConversationCache(settings: Feed.settings(maximumBytes: maximumBytes))
        self.reads = reads
        self.bodies = Feed.slices(bodies)
    }

    var bytes: Int { cache.bytes }

    mutating func request(_ key: Int) -> Bool {
        Feed.request(reads[key], body: bodies[key], of: &cache)
    }

    /// What the entry of each key counts for.
    static func costs(reads: [CacheRead], bodies: [Int]) -> [Int] {
        var policy = ProductPolicy(maximumBytes: .max / 4, reads: reads, bodies: bodies)
        return bodies.indices.map { key in
            let before = policy.bytes
            _ = policy.request(key)
            return policy.bytes - before
        }
    }
}
