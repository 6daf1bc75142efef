internal import HTTPWire
internal import Messaging

/// The resources of the internal API.
enum Route: Equatable {
    case send
    case conversation(segment: String)
    case uploadToken
    case description
    case live
    case ready

    init?(path: String) {
        switch path {
        case "/send": self = .send
        case "/upload-token": self = .uploadToken
        case "/openapi.json": self = .description
        case "/health/live": self = .live
        case "/health/ready": self = .ready
        default:
            let prefix = "/conversations/"
            guard path.hasPrefix(prefix) else { return nil }
            let segment = path.dropFirst(prefix.count)
            guard !segment.isEmpty, !segment.contains("/") else { return nil }
            self = .conversation(segment: String(segment))
        }
    }

    /// The methods that the resource has, as `Allow` lists them (RFC 9110 section 10.2.1).
    var allowedMethods: [HTTPMethod] {
        switch self {
        case .send, .uploadToken: [.post]
        case .conversation, .description, .live, .ready: [.get, .head]
        }
    }

    /// What a caller must be allowed; nil for what anybody may ask.
    var permission: Permission? {
        switch self {
        case .send: .send
        case .conversation: .read
        case .uploadToken: .upload
        case .description, .live, .ready: nil
        }
    }
}
