internal import StrictJSON

/// What a fault does to a request.
enum FaultEffect: Sendable, Hashable {
    case latency(milliseconds: Int)
    case answer(AnswerFault)

    /// The kind's name in scripts.
    var kind: FaultKind {
        switch self {
        case .latency: .latency
        case .answer(let fault):
            switch fault {
            case .edgeHTML: .edgeHTML
            case .cutBeforeHead: .cutBeforeHead
            case .cutInBody: .cutInBody
            case .neverAnswer: .neverAnswer
            case .refuseConnections: .refuseConnections
            case .routeGone: .routeGone
            case .emptyBody: .emptyBody
            case .wrongShape: .wrongShape
            case .hugeBody: .hugeBody
            case .redirect: .redirect
            case .status: .status
            }
        }
    }

    /// The kind's own parameters, under their names in scripts.
    var parameters: [JSONMember] {
        switch self {
        case .latency(let milliseconds): [JSONMember("milliseconds", .number(String(milliseconds)))]
        case .answer(.edgeHTML(let status)): [JSONMember("status", .number(String(status)))]
        case .answer(.refuseConnections(let milliseconds)):
            [JSONMember("duration_ms", .number(String(milliseconds)))]
        case .answer(.redirect(let location)): [JSONMember("location", .string(location))]
        case .answer(.status(let status, let code, let message)):
            [
                JSONMember("status", .number(String(status))),
                JSONMember("code", .number(String(code))),
                JSONMember("message", .string(message)),
            ]
        case .answer: []
        }
    }
}
