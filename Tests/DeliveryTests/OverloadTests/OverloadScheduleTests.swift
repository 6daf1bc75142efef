import SeededCases
import Testing

/// Brown-outs of all kinds, thousands of them.
@Suite struct OverloadScheduleTests {
    static let batches = 8
    static let batch = 250

    @Test(arguments: 0..<batches) func `no brown-out loses a call, and all heals by itself`(_ batch: Int) {
        var tally = OverloadTally()
        for number in batch * Self.batch..<(batch + 1) * Self.batch {
            if let violation = OverloadSchedule.run(number, tally: &tally) {
                Issue.record("\(violation)")
                return
            }
        }
        #expect(tally.rarest > 0, "the schedules miss something: \(tally)")
    }
}
