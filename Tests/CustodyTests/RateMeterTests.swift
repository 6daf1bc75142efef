import SeededCases
import Testing

@testable import Custody

@Suite struct RateMeterTests {
    @Test func `a burst passes at once, then one for each part of a minute`() {
        var meter = RateMeter(rate: CallerRate(perMinute: 6, burst: 2))
        #expect(meter.take(now: 0) == .passes)
        #expect(meter.take(now: 0) == .passes)
        #expect(meter.take(now: 0) == .refused(wait: 10_000_000))
        #expect(meter.take(now: 9_999_999) == .refused(wait: 1))
        #expect(meter.take(now: 10_000_000) == .passes)
        #expect(meter.take(now: 10_000_000) == .refused(wait: 10_000_000))
        // A quiet minute saves up a burst and no more.
        #expect(meter.take(now: 100_000_000) == .passes)
        #expect(meter.take(now: 100_000_000) == .passes)
        #expect(meter.take(now: 100_000_000) == .refused(wait: 10_000_000))
    }

    @Test func `without a burst a whole minute's calls may come at once`() {
        var meter = RateMeter(rate: CallerRate(perMinute: 60))
        let passed = (0..<100).filter { _ in meter.take(now: 7) == .passes }.count
        #expect(passed == 60)
    }

    @Test func `a clock that stands or goes back gives nothing away`() {
        var meter = RateMeter(rate: CallerRate(perMinute: 1, burst: 1))
        #expect(meter.take(now: 50_000_000) == .passes)
        #expect(meter.take(now: 40_000_000) == .refused(wait: 70_000_000))
        #expect(meter.take(now: 109_999_999) == .refused(wait: 1))
    }

    @Test func `never more pass than burst and rate allow, and who waits as told passes`() {
        var random = SplitMix64()
        for number in 0..<300 {
            let rate = CallerRate(perMinute: 1 + random.below(5_000), burst: 1 + random.below(40))
            var meter = RateMeter(rate: rate)
            var now: Int64 = Int64(random.below(1_000_000_000))
            var passed: [Int64] = []
            for _ in 0..<400 {
                now += Int64(random.below(60_000_000 / rate.perMinute * 2 + 1))
                if case .refused(let wait) = meter.take(now: now) {
                    #expect(wait > 0, "\(replay(number))")
                    guard random.chance(1, in: 2) else { continue }
                    now += wait
                    #expect(meter.take(now: now) == .passes, "\(replay(number))")
                }
                passed.append(now)
            }
            for first in stride(from: 0, to: passed.count, by: 7) {
                let seen = passed[first...].enumerated()
                for (count, time) in seen {
                    let elapsed = time - passed[first]
                    let allowed = Int64(rate.burst) + elapsed * Int64(rate.perMinute) / 60_000_000
                    #expect(Int64(count) + 1 <= allowed, "\(replay(number))")
                }
            }
        }
    }
}
