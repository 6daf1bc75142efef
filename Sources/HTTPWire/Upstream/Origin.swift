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
        var authority = url[separator.upperBound...]
        if authority.last == "/" { authority = authority.dropLast() }
        guard !authority.isEmpty, authority.utf8.allSatisfy(Origin.isAuthorityByte) else { return nil }
        var host = authority
        var port = scheme.defaultPort
        if authority.first == "[" {
            guard let bracket = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<bracket]
            let rest = authority[authority.index(after: bracket)...]
            guard rest.isEmpty || rest.first == ":" else { return nil }
            guard rest.isEmpty || Origin.read(rest.dropFirst(), into: &port) else { return nil }
        } else if let colon = authority.lastIndex(of: ":") {
            host = authority[..<colon]
            guard !host.contains(":"), Origin.read(authority[authority.index(after: colon)...], into: &port) else {
                return nil
            }
        }
        guard !host.isEmpty else { return nil }
        self.scheme = scheme
        self.host = String(host).lowercased()
        self.port = port
    }

    /// What stands in the `Host` field (RFC 9110 section 7.2).
    package var authority: String {
        let host = host.contains(":") ? "[\(host)]" : host
        return port == scheme.defaultPort ? host : "\(host):\(port)"
    }

    package var description: String { "\(scheme.rawValue)://\(authority)" }

    private static func read(_ text: Substring, into port: inout Int) -> Bool {
        guard let number = Int(text), (1...65_535).contains(number) else { return false }
        port = number
        return true
    }

    private static func isAuthorityByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default:
            "-.:[]_".utf8.contains(byte)
        }
    }
}
