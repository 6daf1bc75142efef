/// The cookie in which a browser holds its session (RFC 6265).
enum SessionCookie {
    static let name = "divar-gateway-session"

    /// The value among those of a `Cookie` field.
    static func value(in field: String) -> String? {
        for pair in field.split(separator: ";") {
            let parts = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2, parts[0] == name { return String(parts[1]) }
        }
        return nil
    }

    /// Scripts can't read it, and no other site's page can have it sent.
    ///
    /// - Parameter isSecure: whether the listener has TLS.
    static func set(_ token: String, isSecure: Bool) -> String {
        "\(name)=\(token); Path=/; Max-Age=\(AdminSessions.lifetime); HttpOnly; SameSite=Strict"
            + (isSecure ? "; Secure" : "")
    }

    static let cleared = "\(name)=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"
}
