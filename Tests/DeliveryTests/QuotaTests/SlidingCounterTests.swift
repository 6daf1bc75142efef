@testable import Delivery
import SeededCases
import Testing

/// A counter of the last while against a list of everything that happened.
@Suite struct SlidingCounterTests {
    private static let cases = 300

    @Test func `it counts for a window and at most a bucket longer`() {
        var counter = SlidingCounter(length: 60, bucket: 10)
        counter.advance(to: 25)
        counter.add(3, at: 25)
        counter.advance(to: 89)
        #expect(counter.total == 3 && counter.nextLapse == 90)
        counter.advance(to: 90)
        #expect(counter.total == 0 && counter.nextLapse == nil)
    }

    @Test func `time that goes back changes nothing`() {
        var counter = SlidingCounter(length: 60, bucket: 10)
        counter.advance(to: 100)
        counter.add(at: 100)
        counter.advance(to: 5)
        counter.add(at: 5)
        #expect(counter.total == 1)
        counter.add(at: 500)
        #expect(counter.total == 2 && counter.nextLapse == 170)
    }

    @Test func `what it counts is what a list counts`() {
        var random = SplitMix64()
        for number in 0..<SlidingCounterTests.cases {
            let bucket = Int64(1 + random.below(5))
            let buckets = Int64(1 + random.below(8))
            var counter = SlidingCounter(length: bucket * buckets, bucket: bucket)
            var now = Int64(random.below(200)) - 100
            var list: [Int64] = []
            func floor(_ time: Int64) -> Int64 { Int64((Double(time) / Double(bucket)).rounded(.down)) }
            for _ in 0..<40 {
                now += random.chance(1, in: 10) ? Int64(random.below(100)) : Int64(random.below(6))
                counter.advance(to: now)
                let time = now - (random.chance(1, in: 4) ? Int64(random.below(60)) : 0)
                let count = random.below(3)
                counter.add(count, at: time)
                list += Array(repeating: time, count: count)
                list.removeAll { floor($0) < floor(now) - buckets }
                #expect(counter.total == list.count, "\(replay(number))")
                let next = list.min().map { (floor($0) + buckets + 1) * bucket }
                #expect(counter.nextLapse == next, "\(replay(number))")
            }
        }
    }
}
