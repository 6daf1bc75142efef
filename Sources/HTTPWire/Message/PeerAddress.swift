package import NIOCore

/// Who is at the other end of a connection, as far as the socket knows.
package enum PeerAddress: Sendable, Hashable, CustomStringConvertible {
    case tcp(host: String, port: Int)
    case unixSocket

    package init(_ address: SocketAddress?) {
        guard let address, let host = address.ipAddress, let port = address.port else {
            self = .unixSocket
            return
        }
        self = .tcp(host: host, port: port)
    }

    package var description: String {
        switch self {
        case .tcp(let host, let port): Authority.text(host: host, port: port)
        case .unixSocket: "unix"
        }
    }
}
