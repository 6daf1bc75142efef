internal import ConversationCache
internal import Messaging
private import SeededCases

/// What a caller whose documents fit into less than half of the cache has of it beside one that asks for ever new ones.
struct FairnessMeasurement {
    private static let documents = 2000
    private static let body = 2048
    private static let requests = 20_000
    /// The flood's requests to one of the caller's.
    private static let flood = 10

    /// How often the flood asks for the same document, one request after the other, before it goes on.
    private let repeats: Int
    private let trace: Trace
    private let reads: [CacheRead]
    private let costs: [Int]
    private let maximumBytes: Int

    init(repeats: Int) {
        self.repeats = repeats
        let documents = FairnessMeasurement.documents
        let total = FairnessMeasurement.requests * (FairnessMeasurement.flood + 1)
        let zipfian = Zipfian(count: documents, theta: 0.8)
        var random = SplitMix64(seed: 5)
        var (requests, flooded) = ([Int](), 0)
        for number in 0..<total {
            // The flood is there first, for as long as it takes to fill the cache.
            if number > total / 5, number % (FairnessMeasurement.flood + 1) == 0 {
                requests.append(zipfian.rank(&random))
            } else {
                requests.append(documents + flooded / repeats)
                flooded += 1
            }
        }
        trace = Trace(requests: requests, count: documents + flooded / repeats + 1)
        guard let caller = CallerName("caller"), let other = CallerName("flood") else {
            preconditionFailure("They fit the grammar.")
        }
        reads = (0..<trace.count).map { Feed.read(conversation: $0, caller: $0 < documents ? caller : other) }
        let cost = ProductPolicy.costs(reads: Array(reads.prefix(1)), bodies: [FairnessMeasurement.body])
        costs = Array(repeating: cost.first ?? 0, count: trace.count)
        maximumBytes = costs.prefix(documents).reduce(0, +) * 10 / 4
    }

    func run() {
        let table = Table(
            "A caller with documents for 40 % of the cache beside \(FairnessMeasurement.flood) times as many requests "
                + "of another, each document \(repeats == 1 ? "once" : "\(repeats) times"): hit ratio of the first, %",
            ["", "alone", "beside"]
        )
        let setting = PolicySetting(maximumBytes: maximumBytes, trace: trace, costs: costs)
        let bodies = Array(repeating: FairnessMeasurement.body, count: trace.count)
        compare(table, "the gateway") { ProductPolicy(maximumBytes: maximumBytes, reads: reads, bodies: bodies) }
        compare(table, "one S3-FIFO queue") { S3FIFOPolicy(setting) }
        compare(table, "one SIEVE queue") { SievePolicy(setting) }
        compare(table, "one LRU queue") { LRUPolicy(setting) }
    }

    private func compare(_ table: Table, _ name: String, _ make: () -> some EvictionPolicy) {
        table.row([name, Table.percent(ratio(make(), isAlone: true)), Table.percent(ratio(make(), isAlone: false))])
    }

    /// The second half of the caller's requests counts.
    private func ratio(_ policy: some EvictionPolicy, isAlone: Bool) -> Double {
        var (policy, ratio) = (policy, HitRatio())
        for (time, key) in trace.requests.enumerated() {
            let isCallers = key < FairnessMeasurement.documents
            guard isCallers || !isAlone else { continue }
            let isHit = policy.request(key)
            if isCallers, time * 2 >= trace.requests.count { ratio.add(isHit: isHit, bytes: FairnessMeasurement.body) }
        }
        return ratio.byCount
    }
}
