@testable import Delivery
import DivarAPI
import Messaging
import Testing

/// What each end of an attempt allows to do next: the whole table.
@Suite struct AttemptRuleTests {
    private static let words = "Not Found"

    /// Which kinds of early refusal an endpoint says nothing by.
    private static let lacks: [Set<EarlyRefusal>] = [[], [.routeGone], [.limit], [.credentials]]

    private func endpoint(without lacking: Set<EarlyRefusal> = []) -> Endpoint {
        var endpoint = Catalogue.endpoints[0]
        endpoint.earlyRefusals.subtract(lacking)
        return endpoint
    }

    private func verdict(on result: AttemptResult, without lacking: Set<EarlyRefusal> = []) -> AttemptVerdict {
        AttemptRule.verdict(on: result, at: endpoint(without: lacking))
    }

    @Test(
        arguments: [
            // Divar's answer for a path that nobody serves is the same as one for a conversation that isn't there.
            (404, 5, "Not Found", AttemptVerdict.routeGone(isCertain: false)),
            // Other words speak of what the call named.
            (404, 5, "conversation not found", .final), (404, 5, "not found", .final), (404, 5, "Not Found.", .final),
            (404, 5, " Not Found", .final), (404, 5, "", .final), (404, 5, nil, .final), (404, 3, "Not Found", .final),
            (400, 5, "Not Found", .final), (500, 5, "Not Found", .broken),
            // Unimplemented is what a gateway says of a method that no service has.
            (501, 12, "Not Implemented", .routeGone(isCertain: true)),
            (404, 12, "Not Found", .routeGone(isCertain: true)),
            (405, 12, "Method Not Allowed", .routeGone(isCertain: true)), (400, 12, nil, .routeGone(isCertain: true)),
            (500, 12, nil, .routeGone(isCertain: true)),
            // Statuses of their own, where the code says too that nothing was done.
            (405, 3, nil, .routeGone(isCertain: true)), (410, 5, "Gone", .routeGone(isCertain: true)),
            (410, 5, "Not Found", .routeGone(isCertain: true)), (501, 3, nil, .routeGone(isCertain: true)),
            (405, 13, nil, .final), (410, 2, nil, .final), (501, 13, nil, .broken),
            // Limits and credentials: only where status and code agree.
            (429, 8, "per-minute limit exceeded", .limited), (429, 14, nil, .final), (429, 3, nil, .final),
            (503, 8, nil, .broken), (400, 8, nil, .final), (401, 16, nil, .credentialsRefused),
            (403, 7, nil, .credentialsRefused), (401, 7, nil, .credentialsRefused), (403, 16, nil, .credentialsRefused),
            (401, 3, nil, .final), (403, 5, nil, .final), (403, 13, nil, .final), (400, 16, nil, .final),
            (500, 7, nil, .broken), (412, 9, "Peer blocked", .final), (400, 3, nil, .final), (409, 10, nil, .final),
            // Failures.
            (500, 13, nil, .broken), (500, 2, nil, .broken), (502, 14, nil, .broken), (503, 14, nil, .broken),
            (504, 4, nil, .broken), (599, 1, nil, .broken), (499, 1, nil, .final),
        ] as [(Int, Int, String?, AttemptVerdict)])
    func `a complaint of Divar's has its verdict`(
        _ status: Int, _ code: Int, _ message: String?, _ expected: AttemptVerdict
    ) {
        for retryAfter in [nil, 0, 5] {
            let result = AttemptSamples.refused(status, code, message: message, retryAfter: retryAfter)
            #expect(verdict(on: result) == expected)
        }
    }

    @Test(arguments: [
        (405, AttemptVerdict.routeGone(isCertain: true)), (410, .routeGone(isCertain: true)),
        (501, .routeGone(isCertain: true)), (404, .final), (401, .final), (403, .final), (429, .final), (400, .final),
        (200, .final), (204, .final), (302, .final), (304, .final), (500, .broken), (502, .broken), (503, .broken),
        (504, .broken),
    ])
    func `without Divar's own words only a status that leaves no doubt says anything`(
        _ status: Int, _ expected: AttemptVerdict
    ) {
        #expect(verdict(on: AttemptSamples.unintelligible(status)) == expected)
        // Read from the bytes of a page.
        for page in ["", "<html>Not Found</html>", #"{"message":"Not Found"}"#, #"{"code":99,"message":"Not Found"}"#] {
            let answer = DivarAnswer(status: status, body: Array(page.utf8), to: endpoint())
            #expect(verdict(on: .answered(answer, retryAfterSeconds: 1)) == expected)
        }
    }

    @Test(arguments: [
        (AttemptSamples.refused(404, 5, message: words), AttemptVerdict.final),
        (AttemptSamples.refused(501, 12), .final), (AttemptSamples.refused(405, 3), .final),
        (AttemptSamples.unintelligible(405), .final), (AttemptSamples.unintelligible(410), .final),
        (AttemptSamples.unintelligible(501), .broken),
    ])
    func `an endpoint whose refusals are no proof is not held to be gone`(
        _ result: AttemptResult, _ expected: AttemptVerdict
    ) {
        #expect(verdict(on: result, without: [.routeGone]) == expected)
        #expect(verdict(on: result, without: [.limit, .credentials]) == verdict(on: result))
    }

    @Test func `an endpoint whose limits and credentials are checked late says nothing by them`() {
        #expect(verdict(on: AttemptSamples.refused(429, 8), without: [.limit]) == .final)
        #expect(verdict(on: AttemptSamples.refused(429, 8), without: [.routeGone, .credentials]) == .limited)
        for (status, code) in [(401, 16), (403, 7), (401, 7), (403, 16)] {
            let result = AttemptSamples.refused(status, code)
            #expect(verdict(on: result, without: [.credentials]) == .final)
            #expect(verdict(on: result, without: [.routeGone, .limit]) == .credentialsRefused)
        }
    }

    @Test(arguments: AttemptSamples.reasons)
    func `a failure before the first byte is tried again, one after it only where that does no harm`(
        _ reason: AttemptFailure.Reason
    ) {
        let (before, after): (AttemptVerdict, AttemptVerdict) =
            switch reason {
            case .nameLookup, .connect, .tls, .closed: (.unreached, .broken)
            case .deadline, .noConnectionFree, .addressRefused, .malformedAnswer, .answerTooLarge: (.final, .final)
            }
        #expect(verdict(on: AttemptSamples.failed(reason, started: false)) == before)
        #expect(verdict(on: AttemptSamples.failed(reason, started: true)) == after)
    }

    @Test func `an answer that is what was asked for is final`() {
        let answers: [DivarAnswer] = [
            .sent(conversation: "c"), .sent(conversation: nil), .conversation(AttemptSamples.conversation),
            .uploadToken(Secret("t")), .notModified,
        ]
        for answer in answers {
            #expect(verdict(on: .answered(answer, retryAfterSeconds: nil)) == .final)
        }
    }

    /// The two rules were written apart, and a message is sent twice where they disagree.
    @Test(arguments: lacks) func `what may be offered again is proven not to have been sent`(
        _ lacking: Set<EarlyRefusal>
    ) {
        var results = AttemptSamples.reasons.flatMap { reason in
            [true, false].map { AttemptSamples.failed(reason, started: $0) }
        }
        for status in 0...600 {
            results.append(AttemptSamples.unintelligible(status))
            for code in [nil] + (0...17).map(Optional.some) {
                results += [nil, Self.words, "other"].map { AttemptSamples.refused(status, code, message: $0) }
            }
        }
        for result in results {
            switch verdict(on: result, without: lacking) {
            case .final, .broken: continue
            case .unreached, .routeGone, .limited, .credentialsRefused:
                // One macro for thirty thousand cases takes seconds.
                guard OutcomeRule.outcome(of: result) != .notSent else { continue }
                Issue.record("\(result) is offered again")
            }
        }
    }

    @Test func `a request may have been counted once a byte of it left`() {
        for reason in AttemptSamples.reasons {
            for started in [true, false] {
                #expect(OutcomeRule.mayHaveLeft(AttemptSamples.failed(reason, started: started)) == started)
            }
        }
        #expect(OutcomeRule.mayHaveLeft(AttemptSamples.refused(404, 5, message: Self.words)))
        #expect(OutcomeRule.mayHaveLeft(AttemptSamples.unintelligible(502)))
    }

    @Test(arguments: [(405, Outcome.notSent), (410, .notSent), (501, .notSent), (404, .unknown), (500, .unknown)])
    func `a page under a status that says that there is nothing to act is proof`(_ status: Int, _ outcome: Outcome) {
        #expect(OutcomeRule.outcome(of: AttemptSamples.unintelligible(status)) == outcome)
    }
}
