import Delivery
import Testing

/// Divar answered 429 although there seemed to be room.
@Suite struct QuotaPauseTests {
    /// How many seconds an app pauses after a call that Divar refused.
    private func pause(_ rig: inout QuotaRig, _ window: QuotaWindow?, retryAfter: Int? = nil) throws -> Int {
        #expect(try rig.ask() == .go)
        _ = rig.limited(window, retryAfter: retryAfter)
        _ = try rig.end()
        guard case .refuse(let refusal) = try rig.ask() else { return 0 }
        #expect(rig.isPaused)
        _ = rig.pass(Double(refusal.retryAfterSeconds) - 0.001)
        #expect(rig.isPaused)
        _ = rig.pass(0.001)
        #expect(!rig.isPaused)
        return refusal.retryAfterSeconds
    }

    private func pauses(_ rig: inout QuotaRig, _ window: QuotaWindow, _ count: Int) throws -> [Int] {
        var pauses: [Int] = []
        for _ in 0..<count { pauses.append(try pause(&rig, window)) }
        return pauses
    }

    struct Case: CustomTestStringConvertible {
        let window: QuotaWindow?
        let said: Int?
        let told: QuotaDecision

        var testDescription: String { "\(window?.rawValue ?? "no window") \(said.map { "\($0)" } ?? "no time")" }
    }

    static let cases = [
        Case(window: .minute, said: 7, told: .refused(.minute, 100, after: 7)),
        Case(window: .minute, said: 0, told: .refused(.minute, 100, after: 1)),
        Case(window: .minute, said: -5, told: .refused(.minute, 100, after: 1)),
        Case(window: .minute, said: 600, told: .refused(.minute, 100, after: 600)),
        Case(window: .minute, said: 601, told: .refused(.minute, 100, after: 600)),
        Case(window: .minute, said: .max, told: .refused(.minute, 100, after: 600)),
        Case(window: .minute, said: nil, told: .refused(.minute, 100, after: 10)),
        Case(window: .day, said: 7, told: .refused(.day, 1_000, after: 7)),
        Case(window: .day, said: 86_401, told: .refused(.day, 1_000, after: 86_400)),
        Case(window: .day, said: .max, told: .refused(.day, 1_000, after: 86_400)),
        Case(window: .day, said: nil, told: .refused(.day, 1_000, after: 300)),
        // More than a minute can only be the day's.
        Case(window: nil, said: 60, told: .refused(.minute, 100, after: 60)),
        Case(window: nil, said: 61, told: .refused(.day, 1_000, after: 61)),
        Case(window: nil, said: nil, told: .refused(.minute, 100, after: 10)),
    ]

    @Test(arguments: cases) func `an app pauses as long as Divar says, or as is configured`(example: Case) throws {
        var rig = try QuotaRig(perMinute: 100, perDay: 1_000)
        #expect(try rig.ask() == .go)
        #expect(rig.limited(example.window, retryAfter: example.said).isEmpty)
        #expect(try rig.ask(1) == example.told)
    }

    @Test func `pauses grow to a bound, and begin anew after a success`() throws {
        var rig = try QuotaRig(perMinute: 100)
        #expect(try pauses(&rig, .minute, 5) == [10, 20, 40, 60, 60])
        #expect(try rig.use(1) == 1)
        #expect(try pause(&rig, .minute) == 10)
        #expect(try pause(&rig, .minute, retryAfter: 3) == 3)
        #expect(try pause(&rig, .minute) == 40)
    }

    @Test func `pauses of the day are longer`() throws {
        var rig = try QuotaRig(perDay: 100)
        #expect(try pauses(&rig, .day, 6) == [300, 600, 1_200, 2_400, 3_600, 3_600])
        #expect(try rig.use(1) == 1)
        #expect(try pause(&rig, .day) == 300)
    }

    @Test func `a configured pause is where they begin`() throws {
        var rig = try QuotaRig(perMinute: 100, pause: 25_000_000)
        #expect(try pauses(&rig, .minute, 3) == [25, 50, 60])
    }

    @Test func `calls that are refused together pause an app once`() throws {
        var rig = try QuotaRig(perMinute: 100)
        for _ in 0..<3 { #expect(try rig.ask() == .go) }
        for _ in 0..<3 {
            _ = rig.limited()
            _ = try rig.end()
        }
        #expect(try rig.ask() == .refused(.minute, 100, after: 10))
        _ = rig.pass(10)
        #expect(try pause(&rig, .minute) == 20)
    }

    @Test func `a later word of Divar's makes a pause longer, and never shorter`() throws {
        var rig = try QuotaRig(perMinute: 100)
        _ = rig.limited(retryAfter: 20)
        _ = rig.limited(retryAfter: 5)
        #expect(try rig.ask() == .refused(.minute, 100, after: 20))
        _ = rig.limited(retryAfter: 30)
        #expect(try rig.ask() == .refused(.minute, 100, after: 30))
    }

    @Test(arguments: [nil, 0, 7, 100]) func `a pause of 0 is none, whatever Divar says`(said: Int?) throws {
        var rig = try QuotaRig(perMinute: 2, pause: 0)
        #expect(try rig.ask() == .go)
        #expect(rig.limited(nil, retryAfter: said).isEmpty)
        _ = try rig.end()
        #expect(!rig.isPaused)
        #expect(try rig.ask() == .go)
        // What was refused keeps its place.
        #expect(try rig.ask() == .refused(.minute, 2, after: 61))
    }

    @Test func `an app without limits pauses too`() throws {
        var rig = try QuotaRig()
        _ = rig.limited(retryAfter: 4)
        #expect(try rig.ask() == .refused(.minute, nil, after: 4))
        _ = rig.pass(4)
        #expect(try rig.ask() == .go)
        _ = rig.limited(.day, retryAfter: 9)
        #expect(try rig.ask() == .refused(.day, nil, after: 9))
    }

    @Test func `a call that can wait for the end of a pause does`() throws {
        var rig = try QuotaRig(perMinute: 5, wait: 2)
        _ = rig.limited(retryAfter: 2)
        #expect(try rig.ask() == .wait)
        #expect(rig.pass(1.999).isEmpty)
        #expect(rig.pass(0.001).map(\.told) == [.go])
    }

    @Test func `who can't wait for the end of a pause is told so at once`() throws {
        var rig = try QuotaRig(perMinute: 1, wait: 5)
        #expect(try rig.use(1) == 1)
        _ = rig.pass(58)
        #expect(try rig.ask() == .wait)
        #expect(rig.limited(retryAfter: 4).isEmpty)
        #expect(rig.limited(retryAfter: 6).map(\.told) == [.refused(.minute, 1, after: 6)])
        #expect(rig.mirror.nextEvent == nil)
    }

    @Test func `a call that Divar refused keeps its place, so that little leaves after a pause`() throws {
        var rig = try QuotaRig(perMinute: 3)
        for _ in 0..<3 { #expect(try rig.ask() == .go) }
        for _ in 0..<3 {
            _ = rig.limited(retryAfter: 5)
            _ = try rig.end()
        }
        _ = rig.pass(5)
        #expect(!rig.isPaused)
        #expect(try rig.ask() == .refused(.minute, 3, after: 56))
    }

    @Test func `a success that left before the pause does not end it`() throws {
        var rig = try QuotaRig(perMinute: 100)
        for _ in 0..<2 { #expect(try rig.ask() == .go) }
        _ = rig.limited()
        _ = try rig.end()
        _ = try rig.end()
        #expect(rig.isPaused)
        _ = rig.pass(10)
        #expect(try pause(&rig, .minute) == 20)
    }
}
