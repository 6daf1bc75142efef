/// One of the names by which a client certificate says whose it is.
package enum CertificateName: Sendable, Hashable, CustomStringConvertible {
    case subject(DistinguishedName)
    /// In lower case, for names of hosts are the same in any (RFC 4343).
    case dns(String)
    case uri(String)

    /// Longer than any that is in use.
    package static let maximumLength = 1024

    /// Reads `CN=billing,O=Acme`, `dns:billing.internal` or `uri:spiffe://acme/billing`.
    package init?(_ text: String) {
        guard (1...CertificateName.maximumLength).contains(text.utf8.count) else { return nil }
        if text.hasPrefix("dns:") {
            self.init(dns: String(text.dropFirst(4)))
        } else if text.hasPrefix("uri:") {
            let uri = text.dropFirst(4)
            guard !uri.isEmpty, uri.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
            self = .uri(String(uri))
        } else {
            guard let name = DistinguishedName(text) else { return nil }
            self = .subject(name)
        }
    }

    /// Nil where it is no name of a host; a wildcard is none, since it says nothing of who holds it.
    package init?(dns name: String) {
        let name = name.lowercased()
        guard !name.isEmpty, !name.hasPrefix("."),
            name.utf8.allSatisfy({ IdentifierGrammar.name.admits(String(UnicodeScalar($0))) })
        else { return nil }
        self = .dns(name)
    }

    package var description: String {
        switch self {
        case .subject(let name): name.description
        case .dns(let name): "dns:" + name
        case .uri(let uri): "uri:" + uri
        }
    }
}
