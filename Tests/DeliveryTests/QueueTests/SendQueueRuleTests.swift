import Messaging
import SeededCases
import Testing

@testable import Delivery

/// How long until the next try, and what is worth one.
@Suite struct SendQueueRuleTests {
    private static let second: Int64 = 1_000_000

    @Test(
        arguments: [
            (1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 32), (7, 60), (8, 60), (63, 60), (64, 60), (1_000, 60),
            (Int.max, 60),
            // Never, as far as anybody knows.
            (0, 1), (-1, 1), (Int.min, 1),
        ] as [(Int, Int64)])
    func `a delay doubles up to a minute, and at least half of it is waited`(failures: Int, seconds: Int64) {
        let (least, most) = (seconds * SendQueueRuleTests.second / 2, seconds * SendQueueRuleTests.second)
        #expect(SendQueueRule.delay(failures: failures, retryAfterSeconds: nil, jitter: 0) == least)
        let longest = SendQueueRule.delay(failures: failures, retryAfterSeconds: nil, jitter: 1.0.nextDown)
        #expect((least + 1..<most + 1).contains(longest))
    }

    @Test func `a delay is spread, and never outside its bounds`() {
        var random = SplitMix64()
        var seen: Set<Int64> = []
        for number in 0..<2_000 {
            let failures = random.below(9) + 1
            let jitter = Double.random(in: 0..<1, using: &random)
            let delay = SendQueueRule.delay(failures: failures, retryAfterSeconds: nil, jitter: jitter)
            let whole = min(SendQueueRuleTests.second << Int64(failures - 1), 60 * SendQueueRuleTests.second)
            #expect((whole / 2...whole).contains(delay), "\(replay(number)): \(delay) after \(failures)")
            seen.insert(delay)
        }
        #expect(seen.count > 1_900)
    }

    @Test(
        arguments: [
            (0, 500_000), (1, 1_000_000), (30, 30_000_000), (86_400, 86_400_000_000), (86_401, 86_400_000_000),
            (Int.max, 86_400_000_000), (-1, 500_000), (Int.min, 500_000),
        ] as [(Int, Int64)])
    func `what Divar asks for is waited, up to a day`(seconds: Int, delay: Int64) {
        #expect(SendQueueRule.delay(failures: 1, retryAfterSeconds: seconds, jitter: 0) == delay)
    }

    @Test func `of what Divar asks for and our own delay the longer is waited`() {
        #expect(SendQueueRule.delay(failures: 9, retryAfterSeconds: 2, jitter: 0) == 30 * SendQueueRuleTests.second)
    }

    /// All kinds, so that a new one is thought of.
    @Test func `what is of the moment is tried again, and what is wrong with the message isn't`() {
        let ofTheMoment: Set<ProblemKind> = [
            .divarUnreachable, .divarLimit, .divarTimeout, .divarUnintelligible, .divarUnavailable, .overloaded,
            .quota, .journalUnavailable, .userTokenUnavailable,
        ]
        for kind in ProblemKind.allCases {
            #expect(SendQueueRule.isOfTheMoment(kind) == ofTheMoment.contains(kind), "\(kind)")
        }
    }
}
