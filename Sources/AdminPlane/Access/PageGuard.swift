internal import HTTPWire

/// Keeps web pages of other sites from having their reader's browser look or act here.
enum PageGuard {
    /// Nil where the request may go on, else why not.
    ///
    /// - Parameters:
    ///   - isOpen: whether nobody is asked for a key: then a name that somebody else's DNS leads here must not do
    ///     (DNS rebinding).
    ///   - isUnix: whether it came by a Unix socket, which no page can reach.
    static func objection(to head: RequestHead, isOpen: Bool, isUnix: Bool) -> String? {
        let host = head.fields[.host] ?? ""
        if let origin = head.fields[.origin], origin != "http://" + host, origin != "https://" + host {
            return "Requests of other sites' pages are refused."
        }
        // Fetch Metadata. A link that somebody follows comes as a plain GET of a page, and changes nothing.
        if let site = head.fields[.secFetchSite], !["same-origin", "none"].contains(site),
            head.method != .get || head.path.hasPrefix("/api/")
        {
            return "Requests of other sites' pages are refused."
        }
        guard isOpen, !isUnix, !isOfThisMachine(host) else { return nil }
        return "Nobody is asked for a key here, so only localhost and addresses are taken for a host's name."
    }

    /// `localhost` or an IP address, with or without a port: DNS can't lead these astray.
    static func isOfThisMachine(_ host: String) -> Bool {
        let name = withoutPort(host).lowercased()
        if name == "localhost" || name.hasSuffix(".localhost") { return true }
        if name.hasPrefix("["), name.hasSuffix("]") {
            return name.dropFirst().dropLast().allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
        }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func withoutPort(_ host: String) -> Substring {
        guard let colon = host.lastIndex(of: ":"), host[colon...].dropFirst().allSatisfy(\.isNumber),
            !host.hasPrefix("[") || host[..<colon].hasSuffix("]")
        else { return Substring(host) }
        return host[..<colon]
    }
}
