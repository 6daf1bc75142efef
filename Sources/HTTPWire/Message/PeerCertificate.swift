/// Whom a client's certificate names.
package struct PeerCertificate: Sendable, Hashable {
    /// The distinguished name in the form of RFC 4514, such as `CN=billing,O=Acme`.
    package let subject: String
    package let dnsNames: [String]
    package let uris: [String]

    package init(subject: String, dnsNames: [String], uris: [String]) {
        (self.subject, self.dnsNames, self.uris) = (subject, dnsNames, uris)
    }
}
