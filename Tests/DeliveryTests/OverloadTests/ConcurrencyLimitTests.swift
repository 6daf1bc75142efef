@testable import Delivery
import SeededCases
import Testing

/// How many calls may be under way: when that grows, when it falls, and that it stays within its bounds.
@Suite struct ConcurrencyLimitTests {
    private static let cases = 200

    private func settings(_ initial: Int, in bounds: ClosedRange<Int> = 4...1024) -> OverloadSettings {
        var settings = OverloadSettings()
        settings.initialConcurrency = initial
        settings.minimumConcurrency = bounds.lowerBound
        settings.maximumConcurrency = bounds.upperBound
        return settings
    }

    private func limit(_ initial: Int, in bounds: ClosedRange<Int> = 4...1024) -> ConcurrencyLimit {
        ConcurrencyLimit(settings(initial, in: bounds))
    }

    @Test(arguments: [(10, 10), (3, 4), (0, 4), (-5, 4), (4, 4), (1024, 1024), (1025, 1024)])
    func `a limit begins within its bounds`(_ initial: Int, _ expected: Int) {
        #expect(limit(initial).limit == expected)
    }

    @Test(arguments: [(0, 0), (-3, 5), (7, 3)]) func `bounds that make no sense are made to`(_ low: Int, _ high: Int) {
        var settings = OverloadSettings()
        settings.minimumConcurrency = low
        settings.maximumConcurrency = high
        let limit = ConcurrencyLimit(settings).limit
        #expect(limit >= 1)
        #expect(limit == max(1, low, high))
    }

    @Test func `while Divar keeps up the limit grows by one for each round of answers`() {
        var limit = limit(10)
        for expected in 11...20 {
            for _ in 0..<limit.limit {
                #expect(limit.limit == expected - 1)
                limit.succeeded(inFlight: limit.limit, now: 0)
            }
            #expect(limit.limit == expected)
        }
    }

    @Test(arguments: [(1, 10), (7, 10), (8, 11), (10, 11)])
    func `a limit that is not used says nothing and stays`(_ inFlight: Int, _ expected: Int) {
        var limit = limit(10)
        for _ in 0..<10 { limit.succeeded(inFlight: inFlight, now: 0) }
        #expect(limit.limit == expected)
    }

    @Test func `overload takes a tenth once for each round trip`() {
        var limit = limit(100)
        for expected in [90, 81, 72, 64] {
            let epoch = limit.epoch
            // As many signs come as calls were under way.
            for _ in 0..<limit.limit { limit.overloaded(epoch: epoch, now: 0) }
            #expect(limit.limit == expected)
        }
    }

    @Test func `a call that began before the limit fell is no sign that it is still too high`() {
        var limit = limit(100)
        let first = limit.epoch
        limit.overloaded(epoch: first, now: 0)
        let second = limit.epoch
        limit.overloaded(epoch: second, now: 0)
        for late in [first, second] { limit.overloaded(epoch: late, now: 0) }
        #expect(limit.limit == 81)
    }

    @Test func `an overload that lasts takes the limit down to its minimum and no further`() {
        var limit = limit(1024)
        var rounds = 0
        while limit.limit > 4, rounds < 60 {
            limit.overloaded(epoch: limit.epoch, now: 0)
            rounds += 1
        }
        #expect(rounds < 60)
        limit.overloaded(epoch: limit.epoch, now: 0)
        limit.halve(now: 0)
        #expect(limit.limit == 4)
    }

    @Test func `a failure halves`() {
        var limit = limit(100)
        limit.halve(now: 0)
        #expect(limit.limit == 50)
        // Those that were under way say nothing more.
        limit.overloaded(epoch: 0, now: 0)
        #expect(limit.limit == 50)
    }

    @Test func `once all is calm the limit returns to where it was by one for each success, and then slowly`() {
        var limit = limit(40)
        for _ in 0..<10 { limit.overloaded(epoch: limit.epoch, now: 0) }
        let low = limit.limit
        #expect(low < 20)
        limit.succeeded(inFlight: limit.limit, now: ConcurrencyLimit.calm - 1)
        #expect(limit.limit == low)
        for expected in low + 1...40 {
            limit.succeeded(inFlight: limit.limit, now: ConcurrencyLimit.calm)
            #expect(limit.limit == expected)
        }
        for _ in 0..<39 { limit.succeeded(inFlight: limit.limit, now: ConcurrencyLimit.calm) }
        #expect(limit.limit == 40)
        limit.succeeded(inFlight: limit.limit, now: ConcurrencyLimit.calm)
        #expect(limit.limit == 41)
    }

    @Test func `a climb that meets overload again ends there`() {
        var limit = limit(100)
        for _ in 0..<10 { limit.overloaded(epoch: limit.epoch, now: 0) }
        let later = ConcurrencyLimit.calm
        while limit.limit < 70 { limit.succeeded(inFlight: limit.limit, now: later) }
        limit.overloaded(epoch: limit.epoch, now: later)
        #expect(limit.limit == 63)
        // 63 is what was good last: from there on it is felt for again.
        for _ in 0..<62 { limit.succeeded(inFlight: limit.limit, now: 2 * later) }
        #expect(limit.limit == 63)
        limit.succeeded(inFlight: limit.limit, now: 2 * later)
        #expect(limit.limit == 64)
    }

    @Test(arguments: [(ConcurrencyLimit.relapse - 1, false), (ConcurrencyLimit.relapse, true)])
    func `a limit at which Divar broke twice in short is no goal`(_ apart: Int64, _ isFast: Bool) {
        var limit = limit(100)
        limit.overloaded(epoch: limit.epoch, now: 0)
        limit.halve(now: 0)
        limit.overloaded(epoch: limit.epoch, now: apart)
        limit.halve(now: apart)
        #expect(limit.limit == 20)
        for _ in 0..<10 { limit.succeeded(inFlight: limit.limit, now: apart + ConcurrencyLimit.calm) }
        #expect(limit.limit == (isFast ? 30 : 20))
    }

    @Test func `new bounds hold at once`() {
        var limit = limit(100)
        limit.reconfigure(settings(1, in: 4...20))
        #expect(limit.limit == 20)
        limit.reconfigure(settings(1, in: 50...60))
        #expect(limit.limit == 50)
        for _ in 0..<10_000 { limit.succeeded(inFlight: limit.limit, now: 0) }
        #expect(limit.limit == 60)
    }

    @Test func `whatever happens the limit stays within its bounds`() {
        var random = SplitMix64()
        for number in 0..<Self.cases {
            var bounds = 1 + random.below(8)...8 + random.below(60)
            var limit = limit(random.below(80), in: bounds)
            var now: Int64 = 0
            for _ in 0..<200 {
                now += Int64(random.below(1_000_000))
                switch random.below(20) {
                case 0: limit.halve(now: now)
                case 1, 2: limit.overloaded(epoch: random.chance(1, in: 2) ? limit.epoch : 0, now: now)
                case 3:
                    bounds = 1 + random.below(8)...8 + random.below(60)
                    limit.reconfigure(settings(random.below(80), in: bounds))
                default: limit.succeeded(inFlight: random.below(limit.limit + 1), now: now)
                }
                #expect(bounds.contains(limit.limit), "\(replay(number))")
            }
        }
    }
}
