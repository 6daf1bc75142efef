package import NIOCore

/// Who is at the other end of a connection, as far as the socket and TLS know. Spelt out once a connection.
package struct Peer: Sendable, Hashable, CustomStringConvertible {
    /// `HOST:PORT`, or `unix`.
    package let description: String
    /// The IP address as text; nil at a Unix socket.
    package let host: String?
    /// The user at the other end of a Unix socket (`SO_PEERCRED` of unix(7)).
    package var userID: UInt32?
    /// What the client showed in its TLS handshake, and was verified.
    package var certificate: PeerCertificate?

    package static let unixSocket = Peer(description: "unix", host: nil)

    package static func tcp(host: String, port: Int) -> Peer {
        Peer(description: Authority.text(host: host, port: port), host: host)
    }

    private init(description: String, host: String?) {
        (self.description, self.host) = (description, host)
    }

    package init(_ address: SocketAddress?) {
        guard let address, let host = address.ipAddress, let port = address.port else {
            self = .unixSocket
            return
        }
        self = .tcp(host: host, port: port)
    }
}
