/// Scheme, host and port of an upstream (RFC 6454), and nothing else: no path, no credentials.
package struct Origin: Sendable, Hashable, CustomStringConvertible {
    package enum Scheme: String, Sendable, Hashable {
        case http
        case https

        var defaultPort: Int { self == .http ? 80 : 443 }
    }

    package let scheme: Scheme
    package let host: String
    package let port: Int

    /// Reads `https://host[:port]`, with or without a final slash; nil for anything that has more to it.
    package init?(_ url: String) {
        guard let separator = url.firstRange(of: "://"),
            let scheme = Scheme(rawValue: url[..<separator.lowerBound].lowercased())
        else { return nil }
        let rest = url[separator.upperBound...]
        guard let authority = Authority(rest.last == "/" ? rest.dropLast() : rest), authority.port != 0 else {
            return nil
        }
        self.scheme = scheme
        host = authority.host.lowercased()
        port = authority.port ?? scheme.defaultPort
    }

    /// What stands in the `Host` field (RFC 9110 section 7.2).
    package var authority: String { Authority.text(host: host, port: port == scheme.defaultPort ? nil : port) }

    package var description: String { "\(scheme.rawValue)://\(authority)" }
}
