internal import ConversationCache

/// Hit ratios of the product's eviction and of others, over patterns that were published.
struct HitRatioMeasurement {
    private typealias Maker = @Sendable (_ setting: PolicySetting) -> any EvictionPolicy

    private static let percents = [1, 10, 30]
    private static let patterns = ["YCSB C", "YCSB D", "Zipf and scans", "loop"]
    private static let references: [(name: String, make: Maker)] = [
        ("FIFO", { FIFOPolicy($0) }), ("LRU", { LRUPolicy($0) }), ("LFU", { LFUPolicy($0) }),
        ("2Q", { TwoQueuePolicy($0) }), ("SIEVE", { SievePolicy($0) }),
        ("S3-FIFO, two uses", { S3FIFOPolicy($0, promotedAfter: 2) }), ("clairvoyant", { ClairvoyantPolicy($0) }),
    ]
    private static let variants: [(name: String, make: Maker)] = [
        ("5 %, 1 use", { S3FIFOPolicy($0, smallPercent: 5) }), ("10 %, 1 use", { S3FIFOPolicy($0) }),
        ("20 %, 1 use", { S3FIFOPolicy($0, smallPercent: 20) }),
        ("5 %, 2 uses", { S3FIFOPolicy($0, smallPercent: 5, promotedAfter: 2) }),
        ("10 %, 2 uses", { S3FIFOPolicy($0, promotedAfter: 2) }),
        ("20 %, 2 uses", { S3FIFOPolicy($0, smallPercent: 20, promotedAfter: 2) }),
        ("10 %, 1 use, spares 4", { S3FIFOPolicy($0, patience: 4) }),
        ("10 %, 1 use, spares 16", { S3FIFOPolicy($0, patience: 16) }),
        ("10 %, 1 use, spares 64", { S3FIFOPolicy($0, patience: 64) }),
    ]

    private let bodies: [Int]
    private let reads: [CacheRead]
    private let costs: [Int]
    private let footprint: Int

    init() {
        // The scans ask for the most documents: a fifth of all requests, and what the last one has over.
        let count = Trace.documents * 2 + Trace.length / 5
        bodies = Trace.bodies(count)
        reads = (0..<count).map { Feed.read(conversation: $0) }
        costs = ProductPolicy.costs(reads: reads, bodies: bodies)
        footprint = costs.prefix(Trace.documents).reduce(0, +)
    }

    func run() {
        var settings: [[PolicySetting]] = []
        for pattern in HitRatioMeasurement.patterns.indices {
            settings.append(HitRatioMeasurement.percents.map { setting(pattern, percent: $0) })
            compare(HitRatioMeasurement.patterns[pattern], settings[pattern])
        }
        compareVariants(settings)
    }

    private func setting(_ pattern: Int, percent: Int) -> PolicySetting {
        let maximumBytes = footprint * percent / 100
        let entries = Trace.documents * percent / 100
        let trace =
            switch pattern {
            case 0: Trace.scrambledZipfian()
            case 1: Trace.latest()
            case 2: Trace.scans(of: entries)
            default: Trace.loop(of: entries)
            }
        return PolicySetting(maximumBytes: maximumBytes, trace: trace, costs: Array(costs.prefix(trace.count)))
    }

    private func product(_ setting: PolicySetting) -> ProductPolicy {
        let count = setting.trace.count
        return ProductPolicy(
            maximumBytes: setting.maximumBytes, reads: Array(reads.prefix(count)), bodies: Array(bodies.prefix(count))
        )
    }

    private func compare(_ pattern: String, _ settings: [PolicySetting]) {
        let heads = HitRatioMeasurement.percents.flatMap { ["\($0) %", "bytes"] }
        let table = Table("Hit ratio, %, by count and by bytes: " + pattern, [""] + heads)
        let own: [(name: String, make: Maker)] = [("the gateway", { product($0) })]
        for (name, make) in own + HitRatioMeasurement.references {
            let ratios = settings.map { ratio($0, make) }
            table.row([name] + ratios.flatMap { [Table.percent($0.byCount), Table.percent($0.byBytes)] })
        }
    }

    /// S3-FIFO by its numbers, means over the three sizes.
    private func compareVariants(_ settings: [[PolicySetting]]) {
        let table = Table(
            "S3-FIFO by the small queue's share, the uses that lead out of it and how many are spared at an eviction: "
                + "hit ratio, %, by count, mean of the sizes",
            [""] + HitRatioMeasurement.patterns + ["mean"]
        )
        for (name, make) in HitRatioMeasurement.variants {
            let means = settings.map { settings in
                settings.map { ratio($0, make).byCount }.reduce(0, +) / Double(settings.count)
            }
            table.row([name] + (means + [means.reduce(0, +) / Double(means.count)]).map(Table.percent))
        }
    }

    private func ratio(_ setting: PolicySetting, _ make: Maker) -> HitRatio {
        func play(_ policy: some EvictionPolicy) -> HitRatio {
            HitRatio(of: setting.trace, bodies: bodies, under: policy)
        }
        return play(make(setting))
    }
}
