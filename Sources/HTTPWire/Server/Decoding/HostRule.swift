/// What a request may say about where it goes (RFC 9112 sections 3.2 and 3.2.2, RFC 9110 sections 4.2 and 7.2).
enum HostRule {
    /// Whether the host is one, by its form, and the same as in the target where that names one too. The RFC lets a
    /// server that is asked for both follow the target; who decided by `Host` in front of us has then let something
    /// else pass, so they must agree.
    ///
    /// - Parameters:
    ///   - host: nil without the field, which only HTTP/1.0 may leave out.
    ///   - target: what stands in an absolute-form target.
    static func agree(host: String?, target: String?) -> Bool {
        if let host {
            guard isPlainName(host) || Authority(host) != nil else { return false }
        }
        guard let target else { return true }
        guard let named = Authority(target) else { return false }
        guard let host, let given = Authority(host) else { return host == nil }
        return FieldName.isSame(named.host, given.host.lowercased()) && named.port == given.port
    }

    /// The usual case, without taking it apart.
    private static func isPlainName(_ host: String) -> Bool {
        !host.isEmpty && host.utf8.allSatisfy { Authority.isNameByte($0) }
    }
}
