/// Where a server listens: `127.0.0.1:8080`, `[::1]:8080`, `localhost:0`, or `unix:/path`.
package enum ListenAddress: Sendable, Hashable, CustomStringConvertible {
    case tcp(host: String, port: Int)
    case unix(path: String)

    /// `sun_path` holds 108 bytes, one of which ends it (unix(7)).
    static let maximumPathLength = 107

    package init?(_ text: String) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst("unix:".count))
            guard path.hasPrefix("/"), path.utf8.count <= ListenAddress.maximumPathLength else { return nil }
            self = .unix(path: path)
            return
        }
        guard let authority = Authority(text), let port = authority.port else { return nil }
        self = .tcp(host: authority.host, port: port)
    }

    /// Whether only this machine can reach it.
    package var isLocal: Bool {
        switch self {
        case .unix: true
        case .tcp(let host, _): host == "localhost" || host == "::1" || ListenAddress.isLoopbackIPv4(host)
        }
    }

    package var description: String {
        switch self {
        case .tcp(let host, let port): Authority.text(host: host, port: port)
        case .unix(let path): "unix:\(path)"
        }
    }

    /// An address of 127.0.0.0/8 in the one form that everybody reads alike: some resolvers take `0127` for octal.
    private static func isLoopbackIPv4(_ host: String) -> Bool {
        let octets = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0).map(String.init) }
        return octets.count == 4 && octets.first == "127" && octets.compactMap { $0 }.joined(separator: ".") == host
    }
}
