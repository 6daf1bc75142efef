import SeededCases
import Testing

@testable import Custody

/// Whatever fails and whenever it crashes: no user's tokens are lost, none is served after a removal, and nobody waits
/// for ever.
@Suite struct UserTokenScheduleTests {
    private static let cases = 300

    @Test func `tokens live through lost answers, full disks and crashes`() {
        var (refreshes, crashes) = (0, 0)
        for number in 0..<Self.cases {
            var schedule = UserTokenSchedule(seed: SplitMix64.seed &+ UInt64(number) &* 7919)
            #expect(throws: Never.self, "\(replay(number))") { try schedule.run(steps: 600) }
            refreshes += schedule.refreshes
            crashes += schedule.crashes
        }
        #expect(refreshes > 5 * Self.cases && crashes > 3 * Self.cases, "too little happens")
    }
}
