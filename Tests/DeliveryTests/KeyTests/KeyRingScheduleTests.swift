import SeededCases
import Testing

/// Which key a call tries, by chance; `KeyRingTests` has it case by case.
@Suite struct KeyRingScheduleTests {
    private static let cases = 2000

    @Test func `whatever Divar and operators do, a key that works is tried, and none is trusted unproved`() {
        var counts: [String: Int] = [:]
        for number in 0..<Self.cases {
            var schedule = KeyRingSchedule(seed: SplitMix64.seed &+ UInt64(number))
            schedule.run(steps: 200)
            #expect(schedule.faults.isEmpty, "\(replay(number))")
            counts.merge(schedule.counts, uniquingKeysWith: +)
        }
        for what in ["offered", "rotated", "put behind", "back", "rejected", "taken", "refused by all"] {
            #expect(counts[what, default: 0] > Self.cases / 2, "\(what) hardly happens: \(counts)")
        }
    }
}
