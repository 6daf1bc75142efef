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

    /// Whether it is a method of RFC 9110 or 5789, so that the routes can say whether they have it. `CONNECT` has no
    /// route, and of a method that it doesn't know a server can't even say where the request ends.
    var isKnown: Bool {
        switch self {
        case .get, .head, .post, .put, .delete: true
        case .other(let name): name == "PATCH" || name == "OPTIONS" || isTrace
        }
    }

    /// Asks for the request's own bytes back, key and all. No route has it.
    var isTrace: Bool { self == .other("TRACE") }

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
