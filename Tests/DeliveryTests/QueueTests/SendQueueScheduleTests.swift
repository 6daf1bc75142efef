import SeededCases
import Testing

/// Random schedules of many messages, judged step by step.
@Suite struct SendQueueScheduleTests {
    private static let seeds = 4_000
    /// What has to have happened, and often.
    private static let happenings = [
        "come", "attempt", "settled", "deferred", "expired", "postponed", "postponed late", "cancel waiting",
        "cancel preparing", "cancel underWay", "cancel over",
    ]

    @Test(arguments: [false, true])
    func `whatever happens, each message has its turn in time and in order, and ends once`(withJumps: Bool) {
        var tally: [String: Int] = [:]
        for number in 0..<SendQueueScheduleTests.seeds {
            var schedule = SendQueueSchedule(seed: SplitMix64.seed &+ UInt64(number), withJumps: withJumps)
            schedule.run()
            #expect(schedule.faults.isEmpty, "\(replay(number)): \(schedule.faults)")
            guard schedule.faults.isEmpty else { return }
            tally.merge(schedule.tally, uniquingKeysWith: +)
        }
        for word in SendQueueScheduleTests.happenings + (withJumps ? ["jump"] : []) {
            #expect((tally[word] ?? 0) > 100, "\(word): \(tally)")
        }
    }
}
