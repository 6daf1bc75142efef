import Delivery
import DivarAPI
import Messaging
import Testing

/// Which problem a caller sees of an attempt that did not succeed.
@Suite struct ProblemRuleTests {
    @Test(arguments: [
        // Divar's known refusal, and others under its status.
        (412, 9, ProblemKind.recipientRestricted), (412, 3, .divarRejected), (412, 11, .divarRejected),
        (400, 9, .divarRejected),
        // Limits.
        (429, 8, .divarLimit), (429, 9, .divarLimit), (429, 14, .divarLimit), (503, 8, .divarLimit),
        (400, 8, .divarLimit),
        // Credentials.
        (401, 16, .divarRefusedCredentials), (403, 7, .divarRefusedCredentials), (401, 3, .divarRefusedCredentials),
        (403, 3, .divarRefusedCredentials), (400, 16, .divarRefusedCredentials), (500, 7, .divarRefusedCredentials),
        // What is not there.
        (404, 5, .notFoundAtDivar), (404, 3, .notFoundAtDivar), (400, 5, .notFoundAtDivar),
        // What Divar could not do.
        (501, 12, .divarFailed), (404, 12, .notFoundAtDivar), (400, 12, .divarFailed), (500, 13, .divarFailed),
        (500, 2, .divarFailed), (503, 14, .divarFailed), (504, 4, .divarFailed), (500, 15, .divarFailed),
        (599, 1, .divarFailed),
        // What the caller sent.
        (400, 3, .divarRejected), (400, 11, .divarRejected), (409, 6, .divarRejected), (409, 10, .divarRejected),
        (422, 3, .divarRejected), (499, 1, .divarRejected),
    ])
    func `a complaint has its kind of problem`(_ status: Int, _ code: Int, _ kind: ProblemKind) throws {
        let result = AttemptSamples.refused(status, code, message: "متن دیوار")
        let problem = try #require(ProblemRule.problem(for: result))
        #expect(problem.kind == kind)
        #expect(problem.divar == DivarComplaint(status: status, code: code, message: "متن دیوار"))
        #expect(!problem.detail.isEmpty)
        #expect(!problem.detail.contains("متن"))
    }

    @Test(arguments: [
        (AttemptFailure.Reason.nameLookup, ProblemKind.divarUnreachable), (.connect, .divarUnreachable),
        (.tls, .divarUnreachable), (.noConnectionFree, .overloaded), (.deadline, .divarTimeout),
        (.closed, .divarUnintelligible), (.malformedAnswer, .divarUnintelligible),
        (.answerTooLarge, .divarUnintelligible), (.addressRefused(AttemptSamples.loopback), .divarUnreachable),
    ])
    func `a failure has its kind of problem, started or not`(_ reason: AttemptFailure.Reason, _ kind: ProblemKind)
        throws
    {
        for started in [true, false] {
            let problem = try #require(ProblemRule.problem(for: AttemptSamples.failed(reason, started: started)))
            #expect(problem.kind == kind)
            #expect(problem.divar == nil)
            #expect(!problem.detail.isEmpty)
            #expect((problem.retryAfterSeconds != nil) == (reason == .noConnectionFree))
        }
    }

    @Test(arguments: AttemptSamples.unintelligibleStatuses)
    func `an answer without sense is a problem that names its status`(_ status: Int) throws {
        let problem = try #require(ProblemRule.problem(for: AttemptSamples.unintelligible(status)))
        #expect(problem.kind == .divarUnintelligible)
        #expect(problem.divar == DivarComplaint(status: status))
        #expect(problem.detail.contains(String(status)))
    }

    /// From the bytes of an edge's page to the problem: nothing of the page is in it.
    @Test func `no problem repeats a page of the edge`() throws {
        let pages = [
            "<html><h1>MARKER</h1></html>", #"{"MARKER":"MARKER"}"#, #"{"code":"MARKER"}"#, "MARKER", #""MARKER""#,
            "[\"MARKER\"]",
        ]
        for endpoint in Catalogue.endpoints {
            for page in pages {
                for status in [200, 302, 403, 429, 500, 502, 503] {
                    let answer = DivarAnswer(status: status, body: Array(page.utf8), to: endpoint)
                    let result = AttemptResult.answered(answer, retryAfterSeconds: nil)
                    let problem = try #require(ProblemRule.problem(for: result))
                    #expect(!"\(problem)".contains("MARKER"))
                    #expect(OutcomeRule.outcome(of: result) == .unknown)
                }
            }
        }
    }

    @Test func `an attempt that succeeded is no problem`() {
        let successes: [DivarAnswer] = [
            .sent(conversation: nil), .sent(conversation: "c"), .conversation(AttemptSamples.conversation),
            .uploadToken(Secret("t")),
        ]
        for success in successes {
            #expect(ProblemRule.problem(for: .answered(success, retryAfterSeconds: 1)) == nil)
        }
    }

    @Test func `only a limit passes on when to come back`() throws {
        for code in 1...16 {
            for status in [400, 403, 404, 412, 429, 500, 503] {
                let result = AttemptSamples.refused(status, code, retryAfter: 17)
                let problem = try #require(ProblemRule.problem(for: result))
                #expect(problem.retryAfterSeconds == (problem.kind == .divarLimit ? 17 : nil), "\(status) \(code)")
            }
        }
        let without = try #require(ProblemRule.problem(for: AttemptSamples.refused(429, 8)))
        #expect(without.retryAfterSeconds == nil)
    }

    @Test func `no problem speaks of the outcome, for that is another rule's`() throws {
        var results = AttemptSamples.reasons.flatMap { reason in
            [true, false].map { AttemptSamples.failed(reason, started: $0) }
        }
        results += (1...16).map { AttemptSamples.refused(500, $0) }
        results += AttemptSamples.unintelligibleStatuses.map { AttemptSamples.unintelligible($0) }
        for result in results {
            let problem = try #require(ProblemRule.problem(for: result))
            #expect(problem.outcome == nil)
            #expect(problem.violations.isEmpty && problem.messageID == nil && problem.attempts == nil)
        }
    }
}
