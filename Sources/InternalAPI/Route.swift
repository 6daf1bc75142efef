internal import HTTPWire
internal import Messaging

/// The resources of the internal API.
enum Route: Equatable {
    case send
    case conversation(segment: String)
    case uploadToken
    case message(segment: String)
    case userTokens(segment: String)
    case events
    case description
    case live
    case ready

    init?(path: String) {
        switch path {
        case "/send": self = .send
        case "/upload-token": self = .uploadToken
        case "/events": self = .events
        case "/openapi.json": self = .description
        case "/health/live": self = .live
        case "/health/ready": self = .ready
        default:
            if let segment = Route.segment(of: path, behind: "/conversations/") {
                self = .conversation(segment: segment)
            } else if let segment = Route.segment(of: path, behind: "/messages/") {
                self = .message(segment: segment)
            } else if let segment = Route.segment(of: path, behind: "/users/", before: "/tokens") {
                self = .userTokens(segment: segment)
            } else {
                return nil
            }
        }
    }

    private static func segment(of path: String, behind prefix: String, before suffix: String = "") -> String? {
        guard path.hasPrefix(prefix), path.hasSuffix(suffix), path.utf8.count > prefix.utf8.count + suffix.utf8.count
        else { return nil }
        let segment = path.dropFirst(prefix.count).dropLast(suffix.count)
        return segment.isEmpty || segment.contains("/") ? nil : String(segment)
    }

    /// The methods that the resource has, as `Allow` lists them (RFC 9110 section 10.2.1).
    var allowedMethods: [HTTPMethod] {
        switch self {
        case .send, .uploadToken, .events: [.post]
        case .message: [.get, .head, .delete]
        case .userTokens: [.get, .head, .put, .delete]
        case .conversation, .description, .live, .ready: [.get, .head]
        }
    }

    /// What a call to it is for, as metrics and log lines have it.
    var name: String {
        switch self {
        case .send: "send"
        case .conversation: "read"
        case .uploadToken: "upload"
        case .message: "message"
        case .userTokens: "users"
        case .events: "events"
        case .description: "openapi"
        case .live: "live"
        case .ready: "ready"
        }
    }

    /// Whether it only says how the gateway fares.
    var isProbe: Bool { self == .live || self == .ready }

    /// What a caller must be allowed; nil for what anybody may ask, and for events, which Divar
    /// brings.
    var permission: Permission? {
        switch self {
        case .send, .message: .send
        case .conversation: .read
        case .uploadToken: .upload
        case .userTokens: .users
        case .events, .description, .live, .ready: nil
        }
    }
}
