internal import NIOCore
internal import NIOSSL

/// Which certificates may speak for a host (RFC 6125 section 6).
///
/// NIOSSL also takes a certificate for the address that a name led to. Whoever steers name look-up could then answer
/// with a certificate for an address of their own, so a name must be vouched for by name. Addresses are left to NIOSSL.
struct CertificateHostRule {
    private let name: String?

    /// - Parameter host: a name or an address.
    init(host: String) {
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        name = isAddress ? nil : host.lowercased()
    }

    func accepts(_ certificate: NIOSSLCertificate) -> Bool {
        guard let name else { return true }
        return certificate._subjectAlternativeNames().contains { alternative in
            guard alternative.nameType == .dnsName else { return false }
            return CertificateHostRule.matches(
                pattern: String(decoding: alternative.contents, as: UTF8.self), name: name)
        }
    }

    /// Whole labels, letter case aside; `*` stands for exactly one label, the leftmost, of a name with three or more.
    static func matches(pattern: String, name: String) -> Bool {
        // Beyond ASCII, letters that aren't the same can have the same lower case.
        guard pattern.utf8.allSatisfy({ $0 < 0x80 }) else { return false }
        let patternLabels = pattern.lowercased().split(separator: ".", omittingEmptySubsequences: false)
        let nameLabels = name.lowercased().split(separator: ".", omittingEmptySubsequences: false)
        guard patternLabels.count == nameLabels.count else { return false }
        guard patternLabels.first == "*" else { return patternLabels == nameLabels }
        return nameLabels.count >= 3 && patternLabels.dropFirst() == nameLabels.dropFirst()
    }
}
