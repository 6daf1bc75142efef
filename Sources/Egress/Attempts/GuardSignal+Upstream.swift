internal import Delivery
internal import Messaging
internal import NIOCore

extension GuardSignal {
    /// What an attempt's end says of Divar's health.
    ///
    /// - Parameters:
    ///   - status: nil where no answer came.
    ///   - lasted: since the attempt began; what went before it, such as a slow disk, is no fault of Divar's.
    init(_ result: AttemptResult, status: Int?, lasted: TimeAmount) {
        switch result {
        case .failed(let failure):
            self =
                switch failure.reason {
                case .nameLookup, .connect, .tls: .unreachable
                case .closed: failure.requestStarted ? .failed : .unreachable
                case .deadline: lasted < GuardSignal.shortestTrial ? .unused : .overloaded
                // Our own limits, and an answer that came but is none.
                case .noConnectionFree, .answerTooLarge, .addressRefused: .unused
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

extension GuardSignal {
    /// A deadline that passes says something of Divar only where it left Divar so long.
    private static let shortestTrial: TimeAmount = .seconds(1)
}

extension GuardPurpose {
    init(_ operation: Messaging.Operation) {
        self = operation == .readConversation ? .read : .send
    }
}
