package import DivarAPI
package import Messaging

/// All attempts of one call, one after the other: decides whether there is a next one, where and when.
///
/// A message is offered again only on proof that it was not taken; a read also after a failure, within the budget for
/// that. Knows no clock: that there is time left is for whoever performs it to see to.
package struct AttemptSequence: Sendable {
    /// Attempts of one call, whatever happens.
    package static let maximumAttempts = 8
    /// Of these, at one endpoint because none was reached: 50, 100, 200 and 400 ms apart.
    static let maximumUnreached = 4
    static let firstDelay: Int64 = 50_000

    /// The one in hand.
    package private(set) var attempt: Attempt
    /// How many were begun.
    package private(set) var count = 1
    /// What is said of the call.
    package private(set) var result: AttemptResult?
    package private(set) var resultEndpoint: EndpointName
    /// What was learned of endpoints.
    package private(set) var sightings: [RouteSighting] = []

    private var route: ArraySlice<Endpoint>
    private let keys: Int
    private let isRepeatable: Bool
    private var unreached = 0
    private var wasLimited = false
    private var wasRepeated = false

    /// Nil without an endpoint or a key.
    ///
    /// - Parameters:
    ///   - route: the endpoints that serve the operation, best first.
    ///   - keys: how many keys the app has.
    ///   - isRepeatable: whether the same request twice does no harm.
    package init?(route: [Endpoint], keys: Int, isRepeatable: Bool) {
        guard let first = route.first, keys > 0 else { return nil }
        self.route = route.dropFirst()
        self.keys = keys
        self.isRepeatable = isRepeatable
        attempt = Attempt(endpoint: first, key: 0)
        resultEndpoint = first.name
    }

    /// The attempt in hand has ended.
    ///
    /// - Parameters:
    ///   - jitter: in 0..<1, spreads the waits of many calls.
    ///   - isPaused: whether the app's calls pause after what Divar said of its limit, so that the next attempt waits.
    ///   - mayRepeat: asks the budget for repeated reads; called only where one would be made.
    package mutating func ended(
        _ ended: AttemptResult,
        jitter: Double,
        isPaused: Bool,
        mayRepeat: () -> Bool
    ) -> AttemptStep {
        let verdict = AttemptRule.verdict(on: ended, at: attempt.endpoint)
        note(ended, verdict)
        guard count < AttemptSequence.maximumAttempts else { return .finish }
        switch verdict {
        case .final:
            return .finish
        case .unreached:
            guard unreached < AttemptSequence.maximumUnreached else { return .finish }
            let delay = AttemptSequence.firstDelay << Int64(unreached)
            unreached += 1
            return begin(attempt, after: spread(delay, jitter))
        case .routeGone:
            guard let next = route.popFirst() else { return .finish }
            return begin(Attempt(endpoint: next, key: attempt.key), after: 0)
        case .limited:
            // Who counts the quota knows now, and says whether waiting makes sense.
            guard isPaused, !wasLimited else { return .finish }
            wasLimited = true
            return begin(attempt, after: 0)
        case .credentialsRefused:
            guard attempt.key + 1 < keys else { return .finish }
            return begin(Attempt(endpoint: attempt.endpoint, key: attempt.key + 1), after: 0)
        case .broken:
            guard isRepeatable, !wasRepeated, mayRepeat() else { return .finish }
            wasRepeated = true
            return begin(attempt, after: spread(AttemptSequence.firstDelay, jitter))
        }
    }

    /// The next attempt was decided on and can't be made: the last result stands.
    package mutating func giveUp() {
        count -= 1
    }

    private mutating func begin(_ next: Attempt, after delay: Int64) -> AttemptStep {
        attempt = next
        count += 1
        return .attempt(next, after: delay)
    }

    private func spread(_ delay: Int64, _ jitter: Double) -> Int64 { delay / 2 + Int64(Double(delay) * jitter) }

    // MARK: What is learned

    private mutating func note(_ ended: AttemptResult, _ verdict: AttemptVerdict) {
        let name = attempt.endpoint.name
        let heldBefore = result.map { AttemptRule.isDoubtfulAbsence($0) } ?? false
        // That nobody serves a path says less than that what was asked for may not be there.
        if verdict != .routeGone(isCertain: true) || !heldBefore { (result, resultEndpoint) = (ended, name) }
        switch verdict {
        case .routeGone(let isCertain):
            sightings.append(RouteSighting(endpoint: name, kind: isCertain ? .gone : .maybeGone))
        default:
            guard OutcomeRule.provesAcceptance(ended) else { return }
            // What was asked for is there, so it was the paths before that weren't.
            for index in sightings.indices where sightings[index].kind == .maybeGone { sightings[index].kind = .gone }
            sightings.append(RouteSighting(endpoint: name, kind: .alive))
        }
    }
}
