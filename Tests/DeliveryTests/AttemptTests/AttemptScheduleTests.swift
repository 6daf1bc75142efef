@testable import Delivery
import DivarAPI
import Messaging
import SeededCases
import Testing

/// Calls to which anything may happen: that no message is offered twice, and that every call ends.
@Suite struct AttemptScheduleTests {
    static let cases = 6000
    private static let words = "Not Found"

    /// One attempt that was made, and how it ended.
    private struct Made {
        let attempt: Attempt
        let result: AttemptResult
    }

    @Test func `no result makes a call go on that may not`() {
        var kinds: Set<AttemptVerdict> = []
        var longest = 0
        for number in 0..<Self.cases {
            var random = SplitMix64(seed: SplitMix64.seed &+ UInt64(number))
            let isRead = random.chance(1, in: 3)
            let route = Self.route(&random)
            let keys = 1 + random.below(3)
            guard var sequence = AttemptSequence(route: route, keys: keys, isRepeatable: isRead) else {
                #expect(route.isEmpty, "\(replay(number))")
                continue
            }
            let made = Self.run(&sequence, &random)
            longest = max(longest, made.count)
            kinds.formUnion(made.map { AttemptRule.verdict(on: $0.result, at: $0.attempt.endpoint) })
            let mistakes =
                [
                    Self.doubleOffer(made, isRead: isRead), Self.overuse(made, route: route, keys: keys),
                    Self.untruth(made, sequence), Self.falseSighting(made, sequence),
                ]
                .compactMap(\.self)
            guard mistakes.isEmpty else {
                Issue.record("\(mistakes), \(replay(number))")
                return
            }
        }
        // Each verdict, gone with and without doubt.
        #expect(kinds.count == 7)
        #expect(longest == AttemptSequence.maximumAttempts)
    }

    // MARK: A call

    private static func route(_ random: inout SplitMix64) -> [Endpoint] {
        let operation = random.element(of: Messaging.Operation.allCases)
        var route = EndpointPlanner(contract: random.element(of: Contract.allCases)).endpoints(for: operation)
        // More endpoints of one operation than Divar ever had.
        while random.chance(1, in: 2), let some = Catalogue.endpoints.randomElement(using: &random) {
            if !route.contains(where: { $0.name == some.name }) { route.append(some) }
        }
        for index in route.indices {
            for refusal in EarlyRefusal.allCases where random.chance(1, in: 6) {
                route[index].earlyRefusals.remove(refusal)
            }
        }
        return random.chance(1, in: 50) ? [] : route
    }

    private static func result(_ random: inout SplitMix64) -> AttemptResult {
        switch random.below(12) {
        case 0, 1: AttemptSamples.refused(404, 5, message: words)
        case 2: AttemptSamples.refused(random.element(of: [405, 410, 501]), random.element(of: [5, 12, 13]))
        case 3: AttemptSamples.unintelligible(random.element(of: [405, 410, 501, 404, 500, 502, 200]))
        case 4: AttemptSamples.refused(429, 8)
        case 5, 6: AttemptSamples.refused(random.element(of: [401, 403]), random.element(of: [7, 16]))
        case 7, 8, 9:
            AttemptSamples.failed(
                random.element(of: [.connect, .tls, .closed, random.element(of: AttemptSamples.reasons)]),
                started: random.chance(1, in: 4))
        case 10:
            AttemptSamples.refused(
                random.element(of: [400, 404, 412, 500, 503]), 1 + random.below(16),
                message: random.element(of: [nil, words, "other"]))
        default: .answered(.sent(conversation: "c"), retryAfterSeconds: nil)
        }
    }

    private static func run(_ sequence: inout AttemptSequence, _ random: inout SplitMix64) -> [Made] {
        var made: [Made] = []
        // Who goes on for ever is stopped, and found out by the count.
        while made.count < 50 {
            let (attempt, result) = (sequence.attempt, result(&random))
            made.append(Made(attempt: attempt, result: result))
            let (isPaused, mayRepeat) = (random.chance(2, in: 3), random.chance(2, in: 3))
            let step = sequence.ended(result, jitter: Double(random.below(1000)) / 1000, isPaused: isPaused) {
                mayRepeat
            }
            guard case .attempt(let next, let delay) = step else { break }
            #expect(next == sequence.attempt && (0...800_000).contains(delay))
            if random.chance(1, in: 30) {
                sequence.giveUp()
                break
            }
        }
        return made
    }

    // MARK: Invariants

    /// A send after which the next attempt was made though it may have been taken.
    private static func doubleOffer(_ made: [Made], isRead: Bool) -> String? {
        let repeated = made.dropLast().filter { OutcomeRule.outcome(of: $0.result) != .notSent }
        if !isRead, let one = repeated.first { return "offered again after \(one.result)" }
        if repeated.count > 1 { return "a read was repeated \(repeated.count) times" }
        let unproven = made.dropLast().first { made in
            guard !isRead, OutcomeRule.mayHaveLeft(made.result) else { return false }
            let verdict = AttemptRule.verdict(on: made.result, at: made.attempt.endpoint)
            return switch verdict {
            case .routeGone, .limited, .credentialsRefused: false
            case .final, .unreached, .broken: true
            }
        }
        return unproven.map { "no proof in \($0.result) at \($0.attempt.endpoint)" }
    }

    private static func overuse(_ made: [Made], route: [Endpoint], keys: Int) -> String? {
        guard made.count <= AttemptSequence.maximumAttempts else { return "\(made.count) attempts" }
        if made.contains(where: { !(0..<keys).contains($0.attempt.key) }) { return "a key that isn't" }
        let endpoints = made.compactMap { one in route.firstIndex { $0.name == one.attempt.endpoint.name } }
        guard endpoints.count == made.count, endpoints == endpoints.sorted() else { return "the route was left" }
        var (same, limits) = (0, 0)
        for (former, next) in zip(made, made.dropFirst()) {
            let isSame = former.attempt == next.attempt
            switch AttemptRule.verdict(on: former.result, at: former.attempt.endpoint) {
            case .unreached where isSame: same += 1
            case .limited where isSame: limits += 1
            case .broken where isSame, .routeGone, .credentialsRefused: continue
            default: return "\(next.attempt) after \(former.result)"
            }
            guard same <= AttemptSequence.maximumUnreached, limits <= 1 else { return "\(same), \(limits) times" }
        }
        // Each place is left for good: gone, or with another key.
        for (former, next) in zip(made, made.dropFirst()) where former.attempt != next.attempt {
            let isGone = former.attempt.endpoint != next.attempt.endpoint
            guard isGone != (next.attempt.key == former.attempt.key + 1) else { return "the same again" }
        }
        return nil
    }

    /// What is said of the call has to have happened, where it is said to have happened.
    private static func untruth(_ made: [Made], _ sequence: AttemptSequence) -> String? {
        guard sequence.count == made.count else { return "\(sequence.count) of \(made.count) attempts" }
        guard let result = sequence.result else { return "no result" }
        guard let index = made.lastIndex(where: { $0.result == result }),
            made.contains(where: { $0.result == result && $0.attempt.endpoint.name == sequence.resultEndpoint })
        else { return "\(result) never happened at \(sequence.resultEndpoint)" }
        // Only paths that nobody serves may have come after it.
        let later = made[(index + 1)...].allSatisfy {
            AttemptRule.verdict(on: $0.result, at: $0.attempt.endpoint) == .routeGone(isCertain: true)
        }
        return later ? nil : "\(result) is not the last word"
    }

    private static func falseSighting(_ made: [Made], _ sequence: AttemptSequence) -> String? {
        let hasFound = made.contains { one in
            switch one.result {
            case .answered(.sent, _): true
            case .answered(.refused(let complaint), _): complaint.status == 412 && complaint.code == 9
            default: false
            }
        }
        let certain = Set(
            made.filter { AttemptRule.verdict(on: $0.result, at: $0.attempt.endpoint) == .routeGone(isCertain: true) }
                .map(\.attempt.endpoint.name))
        for sighting in sequence.sightings {
            switch sighting.kind {
            case .gone where !hasFound && !certain.contains(sighting.endpoint): return "\(sighting) in doubt"
            case .maybeGone where hasFound: return "\(sighting) though all is there"
            case .alive where !hasFound: return "\(sighting) without an answer"
            default: continue
            }
        }
        return nil
    }
}
