/// A request target in a form that an origin server serves (RFC 9112 section 3.2): a path, perhaps with a query, or the
/// same behind a scheme and an authority, which every server has to take.
struct RequestTarget {
    /// In the absolute form, what stands where a host does.
    let authority: String?
    /// As it came; what it means, and whether it is in its canonical spelling, is the router's to say.
    let path: String
    let query: String?

    /// - Parameter text: characters of a target only.
    /// - Returns: nil for the forms of `CONNECT` and of `OPTIONS *`, and for anything else.
    init?(_ text: String) {
        var rest = text[...]
        var authority: String?
        // Nearly all are in origin form.
        if text.utf8.first != UInt8(ascii: "/") {
            guard let scheme = ["http://", "https://"].first(where: { text.lowercased().hasPrefix($0) }) else {
                return nil
            }
            rest = rest.dropFirst(scheme.count)
            let name = rest.prefix { $0 != "/" && $0 != "?" }
            authority = String(name)
            rest = rest[name.endIndex...]
            guard !rest.utf8.contains(where: { ByteClass.isBracket($0) }) else { return nil }
            // A path that is empty is the root (RFC 9110 section 4.2.3).
            if rest.first != "/" { rest = "/" + rest }
        }
        self.authority = authority
        guard let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) else {
            path = authority == nil ? text : String(rest)
            query = nil
            return
        }
        path = String(rest[..<mark])
        query = String(rest[rest.utf8.index(after: mark)...])
    }
}
