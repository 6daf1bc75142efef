internal import DivarAPI
internal import HTTPWire
private import Messaging

/// Where a request wants to, whatever contract holds.
struct SandboxRoute: Sendable {
    enum Destination: Sendable {
        case endpoint(Endpoint, identifier: String)
        case upload(MediaKind)
        /// The token endpoint of the OAuth server.
        case token
        case nowhere
    }

    let destination: Destination
    /// Whether the destination has the request's method.
    let hasMethod: Bool

    /// The name of the upload host's route in counters and faults, beside the names of the catalogue.
    static let uploadName = "upload"
    static let tokenName = "oauth.token"
    /// Every name that a fault can be for.
    static let names = Catalogue.endpoints.map(\.name.text) + [uploadName, tokenName]

    private static let uploadPath = PathTemplate("/upload/{kind}")

    private static let tokenPath = "/oauth2/token"

    init(_ head: RequestHead) {
        if head.path == SandboxRoute.tokenPath {
            destination = .token
            hasMethod = head.method == .post
            return
        }
        if let kind = SandboxRoute.uploadPath.identifier(in: head.path).flatMap(MediaKind.init(rawValue:)) {
            destination = .upload(kind)
            hasMethod = head.method == .post
            return
        }
        for endpoint in Catalogue.endpoints {
            guard let identifier = endpoint.path.identifier(in: head.path) else { continue }
            destination = .endpoint(endpoint, identifier: identifier)
            hasMethod = head.method.name == endpoint.method.rawValue
            return
        }
        destination = .nowhere
        hasMethod = false
    }

    /// Nil for a path that neither Divar nor its upload host ever had.
    var name: String? {
        switch destination {
        case .endpoint(let endpoint, _): endpoint.name.text
        case .upload: SandboxRoute.uploadName
        case .token: SandboxRoute.tokenName
        case .nowhere: nil
        }
    }
}
