/// A request method (RFC 9110 section 9): those that somebody here serves, and all others by their name.
package enum HTTPMethod: Sendable, Hashable {
    case get
    case head
    case post
    case put
    case delete
    case other(String)

    package init(_ name: String) {
        self =
            switch name {
            case "GET": .get
            case "HEAD": .head
            case "POST": .post
            case "PUT": .put
            case "DELETE": .delete
            default: .other(name)
            }
    }

    /// Whether a request with it goes on to the routes, which may not have it. The others are not implemented at all
    /// (RFC 9110 section 9.1): `CONNECT` makes a tunnel, `TRACE` sends a caller's key back, and of what it doesn't know
    /// a server can't even say where the request ends.
    package var isServed: Bool {
        switch self {
        case .get, .head, .post, .put, .delete: true
        case .other(let name): name == "PATCH" || name == "OPTIONS"
        }
    }

    package var name: String {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .delete: "DELETE"
        case .other(let name): name
        }
    }
}
