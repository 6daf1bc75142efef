import Delivery
import SeededCases
import Testing

/// What callers get in the long run when they want more than there is.
@Suite struct QuotaFairnessTests {
    private static let cases = 20

    @Test(arguments: 0..<QuotaFairnessTests.cases)
    func `in steady state everybody gets its fair part of the minute, and nothing lies idle`(_ number: Int) throws {
        var contention = try QuotaContention(
            seed: SplitMix64.seed &+ UInt64(number), window: .minute, mayBeModest: number % 2 == 1)
        contention.run(windows: 9, counted: 6)
        // A place is used again a minute and a second after the end of its call.
        check(contention, windows: 6 * 60 / 61.1, number)
    }

    @Test(arguments: 0..<4)
    func `in steady state everybody gets its fair part of the day, and nothing lies idle`(_ number: Int) throws {
        var contention = try QuotaContention(
            seed: SplitMix64.seed &+ UInt64(number), window: .day, mayBeModest: false)
        contention.run(windows: 6, counted: 3)
        check(contention, windows: 3 * 86_400 / 86_550, number)
    }

    private func check(_ contention: QuotaContention, windows: Double, _ number: Int) {
        let callers = contention.callers
        let wants = callers.map { Int((Double($0.asked) / windows).rounded(.up)) }
        let parts = contention.fairParts(wants: wants)
        let granted = callers.reduce(0) { $0 + $1.granted }
        // The most that a modest caller wanted lately is kept for it, which may be twice its average.
        let kept = Double(wants.indices.reduce(0) { parts[$1] >= Double(wants[$1]) ? $0 + wants[$1] : $0 })
        let possible = (zip(parts, wants).reduce(0) { $0 + min($1.0, Double($1.1)) } - kept) * windows
        #expect(Double(granted) >= possible * (kept > 0 ? 0.8 : 0.9), "\(replay(number)): \(granted) of \(possible)")
        for (caller, part) in zip(callers, parts) {
            let expected = min(part * windows, Double(caller.asked))
            // What the parts are rounded down by goes to whoever comes first. A tenth is what waves of lapsing cost.
            let tolerance = expected / 10 + windows * (Double(callers.count - 1) + kept)
            #expect(
                abs(Double(caller.granted) - expected) <= tolerance,
                "\(replay(number)): \(caller.name) got \(caller.granted), not \(expected) of \(parts)")
            let longest = 2 * PlainUsage.length(contention.window) + caller.pause * 2
            #expect(caller.longestGap <= longest, "\(replay(number)): \(caller.name) starved for \(caller.longestGap)")
        }
    }
}
