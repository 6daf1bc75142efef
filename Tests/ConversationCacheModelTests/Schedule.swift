import ConversationCache
import Messaging
import SeededCases

/// One random interleaving against a simulated Divar, with all that has to be remembered to judge the answers.
struct Schedule {
    var random: SplitMix64
    var settings: CacheSettings
    var cache: ConversationCache
    var now = World.start
    let plant: Plant?
    /// The keys that are read.
    let keys: [Int]
    let saysTokenEnds: Bool
    /// How many of 40 calls fail.
    let failures: Int
    var tally: Tally
    /// Nil where nobody will read it.
    let trace: Trace?

    /// Each conversation as it is at Divar, and as a read that begins now has to see it at least.
    var versions = [0, 0]
    var floors = [0, 0]
    var brought: [Brought] = []
    var kept: [Kept] = []
    var readers: [Reader] = []
    var calls: [Call] = []
    var sends: [Send] = []
    /// What of a token's was brought before its last refusal.
    var refusedBefore = [0, 0]
    /// By partition.
    var lives = [TokenLife](repeating: TokenLife(), count: 8)
    /// By key: the fetch that was ordered last.
    var newest = [FetchID?](repeating: nil, count: World.keyCount)

    init(_ number: Int, seed: UInt64, plant: Plant?, tally: Tally, trace: Trace? = nil) {
        random = SplitMix64(seed: seed &+ UInt64(number) &* 0xD134_2543_DE82_EF95)
        self.plant = plant
        self.tally = tally
        self.trace = trace
        settings = Schedule.settings(&random)
        cache = ConversationCache(settings: settings)
        let first = random.below(World.keyCount)
        // The others differ from it in one part only.
        keys = [first, first, first, first ^ (1 << random.below(4)), first ^ (1 << random.below(4))]
        saysTokenEnds = random.chance(1, in: 2)
        failures = random.element(of: [4, 9, 22])
        note("begins with \(settings)")
    }

    static func settings(_ random: inout SplitMix64) -> CacheSettings {
        var settings = CacheSettings()
        settings.maximumBytes = random.element(of: [1 << 20, 1 << 20, 1 << 20, 1100, 2600, 5000, 0])
        settings.ttl = random.element(of: [10, 10, 4, 0, 9000]) * World.second
        settings.negativeTTL = random.element(of: [2, 2, 0, 15]) * World.second
        settings.staleWhileRevalidate = random.element(of: [0, 5, 30]) * World.second
        settings.staleIfError = random.element(of: [60, 60, 60, 0, 5]) * World.second
        return settings
    }

    /// Runs a schedule to its end; when it goes wrong, once more to tell its steps.
    static func run(_ number: Int, seed: UInt64 = SplitMix64.seed, plant: Plant? = nil, tally: inout Tally) -> String? {
        var schedule = Schedule(number, seed: seed, plant: plant, tally: tally)
        do {
            try schedule.play()
            tally = schedule.tally
            return nil
        } catch {
            let trace = Trace()
            var again = Schedule(number, seed: seed, plant: plant, tally: tally, trace: trace)
            do { try again.play() } catch { again.note("VIOLATION: \(error)") }
            return "\(error)\n\(replay(number, seed: seed))\n" + trace.lines.joined(separator: "\n")
        }
    }

    mutating func play() throws {
        let taste = Step.allCases.map { step in step.weight * random.element(of: [1, 1, 2, 6]) }
        let whole = taste.reduce(0, +)
        for _ in 0..<random.element(of: [10, 14, 20, 28, 40]) {
            var rest = random.below(whole)
            let index = taste.firstIndex { weight in
                rest -= weight
                return rest < 0
            }
            try take(Step.allCases[index ?? 0])
            try checkBounds()
        }
        try checkState()
        try finish()
    }

    private mutating func take(_ step: Step) throws {
        tally.steps += 1
        switch step {
        case .read: try read()
        case .see: try see()
        case .end: try endSome()
        case .pass: pass()
        case .beginSend: beginSend()
        case .change: change()
        case .endSend: endSend()
        case .webhook: webhook()
        case .removeAll: removeAll()
        case .refuse: refuse()
        case .sweep: cache.sweep(now: now)
        case .abandon: try abandon()
        case .reconfigure: reconfigure()
        case .deliver: try deliver()
        }
    }

    /// Lets everything come to its end; then nothing may be left.
    private mutating func finish() throws {
        note("comes to its end")
        for _ in 0..<64 where !calls.isEmpty {
            while calls.contains(where: { $0.requested == nil && !isGone($0.maker) }) { try deliver() }
            guard calls.contains(where: { $0.requested != nil }) else { break }
            try endSome()
            try checkBounds()
        }
        if let call = calls.first {
            throw Violation("\(call.fetch.id) is made by nobody, and there is no end to it")
        }
        for reader in readers where reader.isWaiting { throw Violation("\(reader.waiter) waits for ever") }
        while !sends.isEmpty { endSend() }
        try checkState()
        removeAll()
        guard cache.bytes == 0, cache.entryCount == 0, isEmpty else { throw Violation("something is left") }
    }

    func note(_ text: @autoclosure () -> String) {
        trace?.add("\((now - World.start) / 1000) ms: " + text())
    }

    mutating func pick<T>(_ choices: [T]) -> T? {
        choices.isEmpty ? nil : choices[random.below(choices.count)]
    }

    private mutating func pass() {
        let steps: [Int64] = [1, 500_000, 1_000_000, 1_000_000, 2_000_000, 3_000_000, 5_000_000, 11_000_000]
        now += random.chance(1, in: 16) ? 1_800_000_000 : random.element(of: steps)
        note("time has passed")
    }
}
