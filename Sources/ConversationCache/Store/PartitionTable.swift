internal import Messaging

/// What is known of partitions: until when their tokens live, and which entries they hold.
///
/// There are `CacheSettings.maximumPartitions` at most. Who brings one too many loses its own oldest one, as long as
/// it has the most: nobody empties another's cache by showing tokens.
struct PartitionTable {
    private struct State {
        var end: Int64
        /// The number of the word by which the end is known; 0 while it is assumed.
        var word: UInt64 = 0
        var keys: Set<CacheKey> = []
    }

    /// A token as such, whoever shows it.
    private struct Token {
        let seen: Int64
        var partitions: Set<CachePartition> = []
    }

    private var states: [CachePartition: State] = [:]
    private var tokens: [TokenDigest: Token] = [:]
    private var orders: [CallerName: ArrivalOrder<CachePartition>] = [:]
    private let limit: Int

    init(limit: Int = CacheSettings.maximumPartitions) {
        self.limit = limit
    }

    var count: Int { states.count }

    /// When the partition's token ends; nil for one that was never met, or forgotten.
    func end(of partition: CachePartition) -> Int64? { states[partition]?.end }

    /// A read of the partition's. A token lives an hour from when it was first met, whoever showed it.
    ///
    /// - Returns: the keys of the partitions that had to be forgotten for it.
    mutating func meet(_ partition: CachePartition, now: Int64) -> [CacheKey] {
        guard states[partition] == nil else { return [] }
        let seen = tokens[partition.token]?.seen ?? now
        tokens[partition.token, default: Token(seen: seen)].partitions.insert(partition)
        states[partition] = State(end: seen + CacheSettings.tokenLife)
        orders[partition.caller, default: ArrivalOrder()].add(partition)
        var forgotten: [CacheKey] = []
        while states.count > limit, let caller = largest, let oldest = orders[caller]?.removeOldest() {
            forgotten += forget(oldest)
        }
        return forgotten
    }

    /// A caller says when its user's token ends. Its last word counts.
    mutating func hear(_ word: TokenWord, of partition: CachePartition) {
        guard let state = states[partition], state.word < word.number else { return }
        states[partition]?.end = word.end
        states[partition]?.word = word.number
    }

    mutating func link(_ key: CacheKey) {
        states[key.partition]?.keys.insert(key)
    }

    mutating func unlink(_ key: CacheKey) {
        states[key.partition]?.keys.remove(key)
    }

    func keys(of partition: CachePartition) -> Set<CacheKey> { states[partition]?.keys ?? [] }

    /// The keys of all that a token brought. How old it is stays known.
    func keys(of token: TokenDigest) -> [CacheKey] {
        (tokens[token]?.partitions ?? []).flatMap { keys(of: $0) }
    }

    private var largest: CallerName? {
        orders.max { ($0.value.count, $0.key.text) < ($1.value.count, $1.key.text) }?.key
    }

    private mutating func forget(_ partition: CachePartition) -> [CacheKey] {
        guard let state = states.removeValue(forKey: partition) else { return [] }
        orders[partition.caller]?.remove(partition)
        tokens[partition.token]?.partitions.remove(partition)
        if tokens[partition.token]?.partitions.isEmpty == true { tokens[partition.token] = nil }
        return Array(state.keys)
    }
}
