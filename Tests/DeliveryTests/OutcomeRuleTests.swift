import Delivery
import DivarAPI
import Messaging
import Testing

/// What may be said of a message after an attempt: the whole table.
@Suite struct OutcomeRuleTests {
    @Test(arguments: AttemptSamples.reasons)
    func `a failure is proof only while no byte has left`(_ reason: AttemptFailure.Reason) {
        #expect(OutcomeRule.outcome(of: AttemptSamples.failed(reason, started: false)) == .notSent)
        #expect(OutcomeRule.outcome(of: AttemptSamples.failed(reason, started: true)) == .unknown)
    }

    /// 3 invalid argument, 5 not found, 7 permission denied, 8 resource exhausted, 9 failed precondition, 11 out of
    /// range, 12 unimplemented, 16 unauthenticated: said before anything is done. The others can follow a deed.
    @Test(arguments: 1...16, [400, 401, 403, 404, 409, 412, 416, 429, 499, 500, 501, 502, 503, 504, 599])
    func `a gRPC code is proof exactly where it is one of refusal`(_ code: Int, _ status: Int) {
        let expected: Outcome = [3, 5, 7, 8, 9, 11, 12, 16].contains(code) ? .notSent : .unknown
        #expect(OutcomeRule.outcome(of: AttemptSamples.refused(status, code)) == expected)
        #expect(OutcomeRule.outcome(of: AttemptSamples.refused(status, code, message: "not sent")) == expected)
        #expect(OutcomeRule.outcome(of: AttemptSamples.refused(status, code, retryAfter: 5)) == expected)
    }

    @Test(arguments: [nil, 0, -1, 17, 200, 404] as [Int?])
    func `an error without a gRPC code proves nothing`(_ code: Int?) {
        for status in [400, 403, 404, 412, 429, 500, 503] {
            #expect(OutcomeRule.outcome(of: AttemptSamples.refused(status, code)) == .unknown)
        }
    }

    @Test(arguments: AttemptSamples.unintelligibleStatuses)
    func `what makes no sense proves nothing, whatever its status`(_ status: Int) {
        #expect(OutcomeRule.outcome(of: AttemptSamples.unintelligible(status)) == .unknown)
    }

    @Test func `only an answer that says sent is sent`() {
        #expect(OutcomeRule.outcome(of: .answered(.sent(conversation: "c"), retryAfterSeconds: nil)) == .sent)
        #expect(OutcomeRule.outcome(of: .answered(.sent(conversation: nil), retryAfterSeconds: 1)) == .sent)
        let others: [DivarAnswer] = [.conversation(AttemptSamples.conversation), .uploadToken(Secret("t"))]
        for other in others {
            #expect(OutcomeRule.outcome(of: .answered(other, retryAfterSeconds: nil)) == .unknown)
        }
    }
}
