import Delivery
import DivarAPI
import Messaging

/// All the ways in which an attempt can end.
enum AttemptSamples {
    static let reasons: [AttemptFailure.Reason] = [
        .nameLookup, .connect, .tls, .noConnectionFree, .deadline, .closed, .malformedAnswer, .answerTooLarge,
        .addressRefused(loopback),
    ]

    static let loopback = RefusedAddress(address: IPAddress("127.0.0.1")!, purpose: .loopback)

    static let unintelligibleStatuses = [
        0, 100, 200, 201, 204, 301, 302, 304, 400, 401, 403, 404, 412, 429, 500, 502, 503, 504,
    ]

    static let conversation = Conversation(id: "c", type: "POST", postToken: nil, messages: [])

    static func refused(_ status: Int, _ code: Int?, message: String? = nil, retryAfter: Int? = nil) -> AttemptResult {
        .answered(
            .refused(DivarComplaint(status: status, code: code, message: message)), retryAfterSeconds: retryAfter
        )
    }

    static func failed(_ reason: AttemptFailure.Reason, started: Bool) -> AttemptResult {
        .failed(AttemptFailure(reason, requestStarted: started))
    }

    static func unintelligible(_ status: Int, reason: String = "the body is not JSON") -> AttemptResult {
        .answered(.unintelligible(status: status, reason: reason), retryAfterSeconds: nil)
    }
}
