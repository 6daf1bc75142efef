internal import NIOCore

/// A host and perhaps a port, as `host`, `host:port`, `[address]` or `[address]:port` (RFC 3986 section 3.2 without
/// user information).
struct Authority: Hashable {
    /// A name or an address, without brackets.
    let host: String
    let port: Int?

    init?(_ text: some StringProtocol) {
        let rest: Substring
        if text.first == "[" {
            guard let bracket = text.firstIndex(of: "]") else { return nil }
            host = String(text[text.index(after: text.startIndex)..<bracket])
            // Only an IPv6 address stands in brackets. The system reads it up to the first NUL and no further.
            guard host.contains(":"), host.utf8.allSatisfy(Authority.isAddressByte),
                (try? SocketAddress(ipAddress: host, port: 0)) != nil
            else { return nil }
            rest = Substring(text[text.index(after: bracket)...])
        } else {
            host = String(text.prefix { $0 != ":" })
            guard !host.isEmpty, host.utf8.allSatisfy(Authority.isNameByte) else { return nil }
            rest = Substring(text.dropFirst(host.count))
        }
        guard !rest.isEmpty else {
            port = nil
            return
        }
        guard rest.first == ":", let number = Authority.port(rest.dropFirst()) else { return nil }
        port = number
    }

    /// How it is written, with brackets where the host is an IPv6 address.
    static func text(host: String, port: Int?) -> String {
        let host = host.contains(":") ? "[\(host)]" : host
        return port.map { "\(host):\($0)" } ?? host
    }

    /// Digits only: `Int` would take a sign too.
    private static func port(_ text: Substring) -> Int? {
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(text), number <= 65_535
        else { return nil }
        return number
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        "0123456789abcdefABCDEF:.".utf8.contains(byte)
    }

    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default:
            "-._".utf8.contains(byte)
        }
    }
}
