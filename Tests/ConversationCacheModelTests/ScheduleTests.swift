import SeededCases
import Testing

@Suite struct ScheduleTests {
    static let batches = 110
    static let batch = 1000

    @Test(arguments: 0..<batches) func `no interleaving gives an answer that may not be given`(_ batch: Int) {
        var tally = Tally()
        for number in batch * Self.batch..<(batch + 1) * Self.batch {
            if let violation = Schedule.run(number, tally: &tally) {
                Issue.record("\(violation)")
                return
            }
        }
        #expect(tally.rarest > 0, "the schedules miss something: \(tally)")
    }

    @Test(arguments: Plant.allCases) func `a planted mistake is found`(_ plant: Plant) {
        var tally = Tally()
        let found = (0..<2000).contains { Schedule.run($0, plant: plant, tally: &tally) != nil }
        #expect(found)
    }
}
