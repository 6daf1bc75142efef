@testable import Delivery
import DivarAPI
import Messaging
import Testing

/// What one call does after each end of an attempt, and what it learned of endpoints.
@Suite struct AttemptSequenceTests {
    private static let route = EndpointPlanner(contract: .december2025).endpoints(for: .botMessageToConversation)
    private static let absent = AttemptSamples.refused(404, 5, message: "Not Found")
    private static let sent = AttemptResult.answered(.sent(conversation: "c"), retryAfterSeconds: nil)
    private static let unreached = AttemptSamples.failed(.connect, started: false)

    private func sequence(
        endpoints: Int = 2, keys: Int = 1, isRepeatable: Bool = false
    ) throws -> AttemptSequence {
        try #require(
            AttemptSequence(
                route: Array(Self.route[..<endpoints]), keys: keys, isRepeatable: isRepeatable))
    }

    private func end(
        _ sequence: inout AttemptSequence, _ result: AttemptResult, jitter: Double = 0.5, isPaused: Bool = false,
        mayRepeat: Bool = true
    ) -> AttemptStep {
        sequence.ended(result, jitter: jitter, isPaused: isPaused) { mayRepeat }
    }

    private func attempt(_ endpoint: Int, key: Int = 0, after delay: Int64 = 0) -> AttemptStep {
        .attempt(Attempt(endpoint: Self.route[endpoint], key: key), after: delay)
    }

    private func sighting(_ endpoint: Int, _ kind: RouteSighting.Kind) -> RouteSighting {
        RouteSighting(endpoint: Self.route[endpoint].name, kind: kind)
    }

    @Test func `without an endpoint or a key there is no call`() {
        #expect(AttemptSequence(route: [], keys: 1, isRepeatable: true) == nil)
        #expect(AttemptSequence(route: Self.route, keys: 0, isRepeatable: true) == nil)
    }

    @Test func `a call begins at the best endpoint with the first key`() throws {
        let sequence = try sequence(endpoints: 3, keys: 2)
        #expect(sequence.attempt == Attempt(endpoint: Self.route[0], key: 0))
        #expect(sequence.count == 1 && sequence.result == nil && sequence.sightings.isEmpty)
    }

    @Test func `what wasn't reached is tried four times more, later each time`() throws {
        var sequence = try sequence()
        for delay in [Int64(50_000), 100_000, 200_000, 400_000] {
            #expect(end(&sequence, Self.unreached) == attempt(0, after: delay))
        }
        #expect(end(&sequence, Self.unreached) == .finish)
        #expect(sequence.count == 5 && sequence.result == Self.unreached)
    }

    @Test(arguments: [(0.0, Int64(25_000)), (0.5, 50_000), (0.999, 74_950)])
    func `the waits of many calls are spread`(_ jitter: Double, _ delay: Int64) throws {
        var sequence = try sequence()
        #expect(end(&sequence, Self.unreached, jitter: jitter) == attempt(0, after: delay))
    }

    @Test func `a second limit in a call ends it, and so does one without a pause`() throws {
        let limited = AttemptSamples.refused(429, 8)
        var paused = try sequence()
        #expect(end(&paused, limited, isPaused: true) == attempt(0))
        #expect(end(&paused, limited, isPaused: true) == .finish)
        var unpaused = try sequence()
        #expect(end(&unpaused, limited) == .finish)
    }

    @Test func `a key that is refused is followed by the next one, at the same endpoint`() throws {
        let refused = AttemptSamples.refused(401, 16)
        var sequence = try sequence(keys: 3)
        #expect(end(&sequence, refused) == attempt(0, key: 1))
        #expect(end(&sequence, refused) == attempt(0, key: 2))
        #expect(end(&sequence, refused) == .finish)
    }

    @Test func `a key that was admitted is kept at the next endpoint`() throws {
        var sequence = try sequence(keys: 2)
        _ = end(&sequence, AttemptSamples.refused(403, 7))
        #expect(end(&sequence, AttemptSamples.refused(501, 12)) == attempt(1, key: 1))
    }

    @Test(arguments: [
        AttemptSamples.failed(.closed, started: true), AttemptSamples.refused(500, 13),
        AttemptSamples.refused(503, 14), AttemptSamples.unintelligible(502),
    ])
    func `a read that failed is made once more, if the budget allows, and a send never`(_ result: AttemptResult) throws
    {
        var read = try sequence(isRepeatable: true)
        #expect(end(&read, result) == attempt(0, after: 50_000))
        #expect(end(&read, result) == .finish)
        var poor = try sequence(isRepeatable: true)
        #expect(end(&poor, result, mayRepeat: false) == .finish)
        var send = try sequence()
        #expect(end(&send, result) == .finish)
    }

    @Test func `the budget is asked only for a second attempt that it is for`() throws {
        for result in [Self.absent, Self.unreached, Self.sent, AttemptSamples.failed(.closed, started: true)] {
            var send = try sequence()
            _ = send.ended(result, jitter: 0, isPaused: true) {
                Issue.record("\(result) asked the budget")
                return true
            }
        }
    }

    @Test func `a next attempt that can't be made leaves the last result`() throws {
        var sequence = try sequence()
        _ = end(&sequence, Self.unreached)
        sequence.giveUp()
        #expect(sequence.count == 1 && sequence.result == Self.unreached)
        #expect(sequence.resultEndpoint == Self.route[0].name)
    }

    // MARK: What is gone

    @Test(arguments: [
        absent, AttemptSamples.refused(501, 12), AttemptSamples.refused(405, 5), AttemptSamples.unintelligible(410),
    ])
    func `an endpoint that is gone is followed by the next, and by that one's success known to be gone`(
        _ gone: AttemptResult
    ) throws {
        var sequence = try sequence()
        #expect(end(&sequence, gone) == attempt(1))
        #expect(end(&sequence, Self.sent) == .finish)
        #expect(sequence.result == Self.sent && sequence.resultEndpoint == Self.route[1].name)
        #expect(sequence.sightings == [sighting(0, .gone), sighting(1, .alive)])
    }

    @Test(arguments: 1...3) func `an unknown conversation retires no route`(_ endpoints: Int) throws {
        var sequence = try sequence(endpoints: endpoints)
        for next in 1..<max(endpoints, 1) { #expect(end(&sequence, Self.absent) == attempt(next)) }
        #expect(end(&sequence, Self.absent) == .finish)
        #expect(!sequence.sightings.contains { $0.kind != .maybeGone })
        #expect(sequence.result == Self.absent)
    }

    /// What comes after a doubtful absence and shows nothing of the conversation.
    @Test(arguments: [
        AttemptSamples.refused(404, 5, message: "conversation not found"), AttemptSamples.refused(400, 3),
        AttemptSamples.refused(429, 8), AttemptSamples.refused(401, 16), AttemptSamples.refused(500, 13),
        AttemptSamples.unintelligible(502), AttemptSamples.unintelligible(200),
        AttemptSamples.failed(.deadline, started: true), AttemptSamples.failed(.noConnectionFree, started: false),
    ])
    func `a refusal or a failure elsewhere leaves the doubt`(_ second: AttemptResult) throws {
        var sequence = try sequence()
        _ = end(&sequence, Self.absent)
        #expect(end(&sequence, second) == .finish)
        #expect(sequence.sightings == [sighting(0, .maybeGone)])
        #expect(sequence.result == second && sequence.resultEndpoint == Self.route[1].name)
    }

    @Test func `a recipient who blocked the sender is there, and so is the endpoint that says so`() throws {
        var sequence = try sequence()
        _ = end(&sequence, Self.absent)
        #expect(end(&sequence, AttemptSamples.refused(412, 9)) == .finish)
        #expect(sequence.sightings == [sighting(0, .gone), sighting(1, .alive)])
    }

    @Test func `three endpoints, of which two are gone`() throws {
        var sequence = try sequence(endpoints: 3)
        #expect(end(&sequence, Self.absent) == attempt(1))
        #expect(end(&sequence, AttemptSamples.unintelligible(405)) == attempt(2))
        #expect(end(&sequence, Self.sent) == .finish)
        #expect(sequence.sightings == [sighting(0, .gone), sighting(1, .gone), sighting(2, .alive)])
    }

    @Test func `that nothing is served hides no answer that what was asked for isn't there`() throws {
        var sequence = try sequence()
        _ = end(&sequence, Self.absent)
        #expect(end(&sequence, AttemptSamples.refused(501, 12)) == .finish)
        #expect(sequence.result == Self.absent && sequence.resultEndpoint == Self.route[0].name)
        #expect(sequence.sightings == [sighting(0, .maybeGone), sighting(1, .gone)])
        var reversed = try self.sequence()
        _ = end(&reversed, AttemptSamples.refused(501, 12))
        #expect(end(&reversed, Self.absent) == .finish)
        #expect(reversed.result == Self.absent && reversed.resultEndpoint == Self.route[1].name)
    }

    @Test func `an endpoint without proof of its absence is the last`() throws {
        var endpoints = Array(Self.route[..<2])
        endpoints[0].earlyRefusals = [.limit]
        var sequence = try #require(AttemptSequence(route: endpoints, keys: 2, isRepeatable: false))
        #expect(end(&sequence, Self.absent) == .finish)
        #expect(sequence.sightings.isEmpty)
    }
}
