import Delivery
import DivarAPI
import Messaging
import Testing

@Suite struct KeyEvidenceTests {
    private let first = KeyID(number: 1)
    private let second = KeyID(number: 2)
    private let endpoint = Catalogue.endpoints[0]
    private let other = Catalogue.endpoints[1]

    private func refused(_ status: Int) -> AttemptResult {
        let code = status == 401 ? 16 : status == 403 ? 7 : 5
        return .answered(.refused(DivarComplaint(status: status, code: code, message: "no")), retryAfterSeconds: nil)
    }

    private var sent: AttemptResult { .answered(.sent(conversation: nil), retryAfterSeconds: nil) }

    @Test(arguments: [401, 403])
    func `without a user's token it can only be the key`(status: Int) {
        var evidence = KeyEvidence(hasUserToken: false)
        #expect(
            evidence.ended(refused(status), at: endpoint, key: first) == [.refused(first, isKnown: status == 403)])
    }

    @Test func `with a user's token it may be the token`() {
        var evidence = KeyEvidence(hasUserToken: true)
        #expect(evidence.ended(refused(401), at: endpoint, key: first) == [])
        #expect(evidence.ended(refused(401), at: endpoint, key: second) == [])
    }

    @Test func `it was the key where another one gets through with the same token`() {
        var evidence = KeyEvidence(hasUserToken: true)
        #expect(evidence.ended(refused(401), at: endpoint, key: first) == [])
        #expect(
            evidence.ended(sent, at: endpoint, key: second) == [.accepted(second), .refused(first, isKnown: false)])
    }

    @Test func `what another endpoint takes says nothing of it`() {
        var evidence = KeyEvidence(hasUserToken: true)
        #expect(evidence.ended(refused(403), at: endpoint, key: first) == [])
        #expect(evidence.ended(sent, at: other, key: second) == [.accepted(second)])
    }

    @Test func `other refusals and failures say nothing of keys`() {
        var evidence = KeyEvidence(hasUserToken: false)
        #expect(evidence.ended(refused(404), at: endpoint, key: first) == [])
        let failure = AttemptResult.failed(AttemptFailure(.connect, requestStarted: false))
        #expect(evidence.ended(failure, at: endpoint, key: first) == [])
    }
}
