internal import AuditReport
private import Messaging

/// What can be asked of the admin listeners.
enum AdminRoute: Sendable, Hashable {
    case metrics
    case asset(String)
    case login, logout
    case overview, overviewPart, trail, live
    case story(RecordName)
    /// The text of a message: on a page, or as JSON.
    case pageText(String), apiText(String)
    case levelForm
    case apiState, apiTraffic, apiTrail, apiLive, apiLevel
    case apiStory(RecordName)
    case apiProof(Int)

    /// Nil where there is no such resource.
    init?(path: String) {
        let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        switch parts {
        case [""]: self = .overview
        case ["metrics"]: self = .metrics
        case ["login"]: self = .login
        case ["logout"]: self = .logout
        case ["trail"]: self = .trail
        case ["live"]: self = .live
        case ["log-level"]: self = .levelForm
        case ["parts", "overview"]: self = .overviewPart
        case ["api", "state"]: self = .apiState
        case ["api", "traffic"]: self = .apiTraffic
        case ["api", "trail"]: self = .apiTrail
        case ["api", "live"]: self = .apiLive
        case ["api", "log-level"]: self = .apiLevel
        default:
            guard let route = AdminRoute.named(parts) else { return nil }
            self = route
        }
    }

    private static func named(_ parts: [String]) -> AdminRoute? {
        guard parts.count >= 2 else { return nil }
        let isMessage = { MessageID(parts[$0]) != nil }
        switch (parts[0], parts.count) {
        case ("assets", 2): return .asset(parts[1])
        case ("messages", 2) where isMessage(1): return RecordName(parts[1]).map(AdminRoute.story)
        case ("messages", 3) where isMessage(1) && parts[2] == "text": return .pageText(parts[1])
        case ("records", 2): return Int(parts[1]).flatMap { _ in RecordName(parts[1]).map(AdminRoute.story) }
        case ("api", 3) where parts[1] == "messages" && isMessage(2):
            return RecordName(parts[2]).map(AdminRoute.apiStory)
        case ("api", 3) where parts[1] == "records":
            return Int(parts[2]).flatMap { _ in RecordName(parts[2]).map(AdminRoute.apiStory) }
        case ("api", 4) where parts[1] == "messages" && isMessage(2) && parts[3] == "text": return .apiText(parts[2])
        case ("api", 4) where parts[1] == "records" && parts[3] == "proof":
            guard case .number(let number) = RecordName(parts[2]) else { return nil }
            return .apiProof(number)
        default: return nil
        }
    }

    /// What it takes; nil for what everybody may have.
    var right: AdminRight? {
        switch self {
        case .asset, .login, .logout: nil
        case .metrics: .metrics
        case .pageText, .apiText: .texts
        case .levelForm: .operate
        default: .look
        }
    }

    /// What it takes to change it.
    var changingRight: AdminRight? { self == .apiLevel ? .operate : right }

    var methods: [String] {
        switch self {
        case .login: ["GET", "HEAD", "POST"]
        case .logout, .levelForm, .pageText, .apiText: ["POST"]
        case .apiLevel: ["GET", "HEAD", "PUT"]
        case .apiLive: ["GET"]
        default: ["GET", "HEAD"]
        }
    }

    /// Whether people see it in a browser.
    var isPage: Bool {
        switch self {
        case .login, .logout, .overview, .trail, .live, .story, .pageText, .levelForm: true
        default: false
        }
    }

    /// In bytes, of a request's body.
    var bodyLimit: Int {
        switch self {
        case .login, .levelForm, .apiLevel: 4096
        default: 0
        }
    }
}
