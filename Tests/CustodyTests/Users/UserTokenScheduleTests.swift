import SeededCases
import Testing

@testable import Custody

/// Whatever fails and whenever it crashes: no user's tokens are lost, none is served after a removal, and nobody waits
/// for ever.
@Suite struct UserTokenScheduleTests {
    @Test(arguments: 0..<300)
    func `tokens live through lost answers, full disks and crashes`(number: Int) {
        var schedule = UserTokenSchedule(seed: SplitMix64.seed &+ UInt64(number) &* 7919)
        #expect(throws: Never.self, "\(replay(number))") { try schedule.run(steps: 600) }
        #expect(schedule.refreshes > 5 && schedule.crashes > 3, "\(replay(number))")
    }
}
