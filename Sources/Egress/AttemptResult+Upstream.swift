internal import DivarAPI
internal import Delivery
internal import HTTPWire

extension AttemptResult {
    /// What the wire reports, in the terms of the rules.
    init(
        _ result: Result<UpstreamResponse, UpstreamFailure>,
        from endpoint: Endpoint,
        isConditional: Bool,
        redacting redaction: Redaction
    ) {
        switch result {
        case .success(let response):
            let answer = DivarAnswer(
                status: response.status, body: response.body, to: endpoint, isConditional: isConditional,
                redacting: redaction
            )
            self = .answered(answer, retryAfterSeconds: response.retryAfterSeconds)
        case .failure(let failure):
            let reason: AttemptFailure.Reason =
                switch failure.reason {
                case .nameLookup: .nameLookup
                case .addressRefused(let refused): .addressRefused(refused)
                case .connect: .connect
                case .tls: .tls
                case .noConnectionFree: .noConnectionFree
                case .deadline: .deadline
                case .closed: .closed
                case .malformedAnswer: .malformedAnswer
                case .answerTooLarge: .answerTooLarge
                }
            self = .failed(AttemptFailure(reason, requestStarted: failure.requestStarted))
        }
    }
}
