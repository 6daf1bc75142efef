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
            guard isPlain(host) || Authority(host) != nil else { return false }
        }
        guard let target else { return true }
        guard let named = Authority(target) else { return false }
        guard let host, let given = Authority(host) else { return host == nil }
        return FieldName.isSame(named.host, given.host.lowercased()) && named.port == given.port
    }

    /// The usual case, a name or an address of IPv4 and perhaps a port, without taking it apart. What isn't plain may
    /// still be a host.
    private static func isPlain(_ host: String) -> Bool {
        var bytes = host.utf8.makeIterator()
        var (length, digits, port) = (0, 0, 0)
        while let byte = bytes.next(), byte != UInt8(ascii: ":") {
            guard Authority.isNameByte(byte) else { return false }
            length += 1
        }
        while let byte = bytes.next() {
            guard ByteClass.isDigit(byte), digits < 5 else { return false }
            port = port * 10 + Int(byte &- UInt8(ascii: "0"))
            digits += 1
        }
        let hasPort = host.utf8.count > length
        return length > 0 && (!hasPort || digits > 0) && port <= 65_535
    }
}
