@testable import Delivery
import SeededCases
import Testing

/// How many reads may be tried a second time.
@Suite struct RetryBudgetTests {
    private static let second = GuardRig.second
    private static let cases = 150

    private func budget(percent: Int, perSecond: Int) -> RetryBudget {
        var settings = OverloadSettings()
        settings.retryBudgetPercent = percent
        settings.retriesPerSecond = perSecond
        return RetryBudget(settings)
    }

    private func takeAll(_ budget: inout RetryBudget, now: Int64) -> Int {
        var taken = 0
        while budget.take(now: now) { taken += 1 }
        return taken
    }

    @Test func `a budget of nothing is none`() {
        var budget = budget(percent: 0, perSecond: 0)
        for step in 0..<1000 {
            budget.earn()
            #expect(budget.take(now: Int64(step) * Self.second) == false)
        }
    }

    @Test func `at little traffic there are a few each second, saved up for ten`() {
        var budget = budget(percent: 0, perSecond: 2)
        let now = 50 * Self.second
        #expect(takeAll(&budget, now: now) == 20)
        #expect(budget.take(now: now + Self.second / 2 - 1) == false)
        #expect(takeAll(&budget, now: now + Self.second) == 2)
        #expect(takeAll(&budget, now: now + 4 * Self.second) == 6)
        #expect(takeAll(&budget, now: now + 10_000 * Self.second) == 20)
    }

    /// Ten of a hundred and ten calls, of which ten are the second attempts.
    @Test(arguments: [(0, 0), (10, 0), (11, 1), (100, 9), (110, 10), (1100, 100), (100_000, 100 * 10 / 11)])
    func `a tenth of the calls may be repeated, and no more than that is saved up`(_ calls: Int, _ expected: Int) {
        var budget = budget(percent: 10, perSecond: 0)
        for _ in 0..<calls { budget.earn() }
        #expect(takeAll(&budget, now: 0) == min(expected, 90))
    }

    @Test func `who asks often loses nothing of the few`() {
        var budget = budget(percent: 0, perSecond: 1)
        #expect(takeAll(&budget, now: 0) == 10)
        var taken = 0
        for step in Int64(1)...60_000 where budget.take(now: step * 999) { taken += 1 }
        #expect(taken == 59)
    }

    @Test func `second attempts earn no third`() {
        var budget = budget(percent: 100, perSecond: 0)
        for _ in 0..<10 { budget.earn() }
        var taken = 0
        while budget.take(now: 0), taken < 1000 {
            taken += 1
            budget.earn()
        }
        #expect(taken <= 10)
    }

    @Test(arguments: [(-5, -5, 0), (1000, 0, 50)])
    func `numbers that make no sense are made to`(_ percent: Int, _ perSecond: Int, _ expected: Int) {
        var budget = budget(percent: percent, perSecond: perSecond)
        for _ in 0..<1000 { budget.earn() }
        #expect(takeAll(&budget, now: 0) == expected)
    }

    @Test func `new settings give no present`() {
        var budget = budget(percent: 10, perSecond: 1)
        var settings = OverloadSettings()
        // Ten, of which the part is taken off that they would earn.
        #expect(takeAll(&budget, now: Self.second) == 9)
        for _ in 0..<5 { budget.reconfigure(settings) }
        #expect(budget.take(now: Self.second) == false)
        settings.retriesPerSecond = 0
        settings.retryBudgetPercent = 0
        for _ in 0..<100 { budget.earn() }
        budget.reconfigure(settings)
        // What was earned may be used; nothing is earned any more.
        #expect(takeAll(&budget, now: 100 * Self.second) <= 10)
        for _ in 0..<100 { budget.earn() }
        #expect(budget.take(now: 200 * Self.second) == false)
    }

    @Test func `no traffic gets more than its part and the few`() {
        var random = SplitMix64()
        for number in 0..<Self.cases {
            let (percent, perSecond) = (random.below(101), random.below(4))
            var budget = budget(percent: percent, perSecond: perSecond)
            var (now, ended, taken) = (Int64(0), 0, 0)
            for _ in 0..<300 {
                now += Int64(random.below(300_000))
                if random.chance(1, in: 2) {
                    ended += 1
                    budget.earn()
                }
                // A second attempt ends as well.
                if random.chance(1, in: 2), budget.take(now: now) {
                    taken += 1
                    ended += 1
                    budget.earn()
                }
                let share = (ended - taken) * percent / 100
                let few = perSecond * (RetryBudget.savedSeconds + Int(now / Self.second) + 1)
                #expect(taken <= share + few, "\(replay(number))")
            }
        }
    }
}
