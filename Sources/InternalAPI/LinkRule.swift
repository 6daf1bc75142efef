/// Which links a button may open: absolute http and https URLs with a host and without credentials.
///
/// Characters beyond ASCII may stand in it (RFC 3987), for links with Persian words in them are common; characters that
/// nobody sees, or that turn the direction of the text around them, may not.
enum LinkRule {
    /// What is wrong with a link, or nil.
    static func violation(in link: String) -> String? {
        guard link.utf8.count <= MessageLimits.linkBytes else {
            return "must be a URL of at most \(MessageLimits.linkBytes) bytes"
        }
        guard link.unicodeScalars.allSatisfy(mayStand) else {
            return "must be a URL: it has a character that no URL has"
        }
        guard let authority = authority(of: link) else {
            return "must be an absolute URL that begins with http:// or https://"
        }
        guard !authority.contains("@") else { return "must not carry a user name or password" }
        guard hasHost(authority) else { return "must name a host, and a port only as a number up to 65535" }
        return nil
    }

    /// The host as it stands in a link that has no violation; an IPv6 address with its brackets.
    static func host(of link: String) -> String {
        guard let authority = authority(of: link) else { return "" }
        if authority.first == "[" { return String(authority.prefix { $0 != "]" }) + "]" }
        return String(authority.prefix { $0 != ":" })
    }

    /// Nil where the link isn't absolute.
    private static func authority(of link: String) -> Substring.UnicodeScalarView? {
        let lowercased = link.lowercased()
        guard let scheme = ["http://", "https://"].first(where: lowercased.hasPrefix) else { return nil }
        // By scalars: as a Character, an `@` with an accent on it is no `@`.
        return link.unicodeScalars.dropFirst(scheme.unicodeScalars.count).prefix {
            !"/?#".unicodeScalars.contains($0)
        }
    }

    private static func hasHost(_ authority: Substring.UnicodeScalarView) -> Bool {
        if authority.first == "[" {
            guard let bracket = authority.firstIndex(of: "]") else { return false }
            let address = authority[authority.index(after: authority.startIndex)..<bracket]
            let isAddress =
                address.contains(":") && address.allSatisfy { "0123456789abcdefABCDEF:.".unicodeScalars.contains($0) }
            return isAddress && isPort(authority[authority.index(after: bracket)...])
        }
        let host = authority.prefix { $0 != ":" }
        guard let first = host.first, first != ".", !first.properties.isJoinControl,
            !first.properties.isGraphemeExtend, !host.contains("["), !host.contains("]")
        else { return false }
        return isPort(authority[host.endIndex...])
    }

    private static func isPort(_ text: Substring.UnicodeScalarView) -> Bool {
        guard !text.isEmpty else { return true }
        let digits = text.dropFirst()
        guard text.first == ":", digits.count <= 5, digits.allSatisfy({ ("0"..."9").contains($0) }) else {
            return false
        }
        return digits.isEmpty || Int(String(digits)).map { $0 <= 65_535 } ?? false
    }

    private static func mayStand(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            // The zero-width non-joiner is a format character that Persian words are written with.
            scalar == "\u{200C}"
        default:
            !"\"<>\\^`{|}".unicodeScalars.contains(scalar)
        }
    }
}
