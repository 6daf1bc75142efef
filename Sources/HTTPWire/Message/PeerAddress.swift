package import NIOCore

/// Who is at the other end of a connection, as far as the socket knows. Spelt out once a connection.
package struct PeerAddress: Sendable, Hashable, CustomStringConvertible {
    package let description: String

    package static let unixSocket = PeerAddress(description: "unix")

    package static func tcp(host: String, port: Int) -> PeerAddress {
        PeerAddress(description: Authority.text(host: host, port: port))
    }

    private init(description: String) {
        self.description = description
    }

    package init(_ address: SocketAddress?) {
        guard let address, let host = address.ipAddress, let port = address.port else {
            self = .unixSocket
            return
        }
        self = .tcp(host: host, port: port)
    }
}
