internal import ConversationCache
internal import NIOCore

/// What entries and partitions take of the process's memory, beside what the cache counts for them.
struct MemoryMeasurement {
    private enum Spread: String {
        case conversations = "conversations"
        case tokens = "tokens"
        case both = "both"

        func read(_ number: Int) -> CacheRead {
            switch self {
            case .conversations: Feed.read(conversation: number)
            case .tokens: Feed.read(conversation: 0, token: number)
            case .both: Feed.read(conversation: number, token: number)
            }
        }
    }

    private static let cases: [(spread: Spread, body: Int, isValidated: Bool)] = [
        (.conversations, 1024, false), (.conversations, 4096, false), (.tokens, 1024, false), (.tokens, 4096, false),
        (.both, 1024, false), (.both, 1024, true), (.conversations, 2100, false),
    ]
    /// Just before hash tables of 2^15 places are full, and just after they have grown, which is their worst.
    private static let counts = [24_500, 24_600]

    func run() {
        let table = Table(
            "Memory of an entry, bytes, by what differs between entries; counted is what the cache takes it for",
            ["", "body", "counted"] + MemoryMeasurement.counts.map { "takes of \($0)" } + [
                "beside body", "counted, %",
            ]
        )
        for (spread, body, isValidated) in MemoryMeasurement.cases {
            var (taken, counted) = ([Double](), 0.0)
            for count in MemoryMeasurement.counts {
                let result = fill(.max / 4, count, spread, isValidated: isValidated) { _ in body }
                taken.append(Double(result.taken) / Double(count))
                counted = Double(result.counted) / Double(count)
            }
            let worst = taken.max() ?? 0
            table.row(
                [spread.rawValue + (isValidated ? ", validators" : ""), String(body), Table.number(counted)]
                    + taken.map(Table.number) + [Table.number(worst - Double(body)), Table.percent(counted / worst)]
            )
        }
        churn()
        partitions()
    }

    /// A cache of the default size after several times as much has gone through it.
    private func churn() {
        let (size, count) = (64 << 20, 80_000)
        let table = Table(
            "Memory of a cache of 64 MiB after \(count) inserts, MiB", ["", "counted", "takes", "counted, %"],
            first: 28
        )
        let bodies = Trace.bodies(count)
        for (name, spread, body) in [
            ("conversations, of 1 KB", Spread.conversations, { _ in 1024 }), ("both, of 1 KB", .both, { _ in 1024 }),
            ("conversations, log-normal", .conversations, { bodies[$0] }), ("both, log-normal", .both, { bodies[$0] }),
        ] as [(String, Spread, (Int) -> Int)] {
            let result = fill(size, count, spread, isValidated: false, body: body)
            let (counted, taken) = (Double(result.counted), Double(result.taken))
            table.row(
                [name] + [counted, taken].map { Table.number($0 / 1_048_576) } + [Table.percent(counted / taken)])
        }
    }

    /// One entry at a time, so that what grows is what is remembered of tokens.
    private func partitions() {
        let count = CacheSettings.maximumPartitions
        let taken = fill(8192, count, .tokens, isValidated: false) { _ in 1024 }.taken
        let table = Table("Memory of partitions without entries", ["", "count", "bytes each", "MiB"])
        table.row(["one token each", String(count), String(taken / count), String(taken >> 20)])
    }

    private func fill(
        _ maximumBytes: Int,
        _ count: Int,
        _ spread: Spread,
        isValidated: Bool,
        body: (Int) -> Int
    ) -> (taken: Int, counted: Int) {
        let before = ResidentMemory.bytes()
        var cache = ConversationCache(settings: Feed.settings(maximumBytes: maximumBytes))
        for number in 0..<count {
            Feed.request(
                spread.read(number), body: ByteBuffer(bytes: Array(repeating: 0x20, count: body(number))),
                fields: isValidated ? validated(number) : ResponseFields(), of: &cache
            )
        }
        let counted = cache.bytes
        let taken = ResidentMemory.bytes() - before
        // It has to live until it was measured.
        precondition(withExtendedLifetime(cache) { cache.entryCount } > 0)
        return (taken, counted)
    }

    private func validated(_ number: Int) -> ResponseFields {
        var fields = ResponseFields()
        fields.validators = Validators(
            entityTag: Feed.entityTag(number), lastModified: "Mon, 01 Jan 2024 00:00:00 GMT" + String(number % 10)
        )
        return fields
    }
}
