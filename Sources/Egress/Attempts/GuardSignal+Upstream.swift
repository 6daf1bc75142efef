internal import Delivery
internal import Messaging

extension GuardSignal {
    /// What an attempt's end says of Divar's health.
    ///
    /// - Parameter status: nil where no answer came.
    init(_ result: AttemptResult, status: Int?) {
        switch result {
        case .failed(let failure):
            self =
                switch failure.reason {
                case .nameLookup, .connect, .tls: .unreachable
                case .closed: failure.requestStarted ? .failed : .unreachable
                case .deadline: .overloaded
                // Our own limits, and an answer that came but is none.
                case .noConnectionFree, .answerTooLarge: .unused
                case .malformedAnswer: .failed
                }
        case .answered:
            switch status {
            case 503: self = .overloaded
            case .some(501): self = .fine
            case .some(500...): self = .failed
            default: self = .fine
            }
        }
    }
}

extension GuardPurpose {
    init(_ operation: Messaging.Operation) {
        self = operation == .readConversation ? .read : .send
    }
}
