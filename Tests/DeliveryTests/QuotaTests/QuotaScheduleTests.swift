import SeededCases
import Testing

/// Random courses of events against simulated Divars.
@Suite struct QuotaScheduleTests {
    private static let batches = 16
    private static let schedules = 128

    @Test(arguments: 0..<QuotaScheduleTests.batches)
    func `whatever happens, no limit is passed, everybody is told once and nothing idles`(_ batch: Int) throws {
        var counts: [String: Int] = [:]
        for number in (0..<QuotaScheduleTests.schedules).map({ batch * QuotaScheduleTests.schedules + $0 }) {
            var schedule = try QuotaSchedule(seed: SplitMix64.seed &+ UInt64(number))
            schedule.run(steps: 32)
            #expect(schedule.complaints.isEmpty, "\(replay(number)): \(schedule.complaints.prefix(3))")
            counts["granted", default: 0] += schedule.granted
            counts["waited", default: 0] += schedule.waited
            counts["served", default: 0] += schedule.served
            counts["refused", default: 0] += schedule.refused
            counts["blocked", default: 0] += schedule.blocked
            counts["restarted", default: 0] += schedule.restarted
        }
        // The schedules are of use only if all this happens.
        #expect(counts.count == 6 && counts.values.allSatisfy { $0 > 0 }, "\(counts)")
    }
}
