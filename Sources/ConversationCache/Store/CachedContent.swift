package import Messaging
package import NIOCore

/// What a read brought, in the form in which it is given out.
package enum CachedContent: Sendable {
    /// The body as it goes to the caller, and the strong entity tag over it, quotes included.
    case conversation(body: ByteBuffer, entityTag: String)
    /// Divar confirmed that it doesn't know the conversation.
    case notFound(Problem)

    /// What it takes: buffers have capacities that are powers of two.
    var bytes: Int {
        switch self {
        case .conversation(let body, _): body.storageCapacity
        case .notFound: 256
        }
    }
}
