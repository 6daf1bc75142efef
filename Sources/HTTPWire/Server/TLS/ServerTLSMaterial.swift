/// What a TLS listener is made of, as PEM bytes.
package struct ServerTLSMaterial: Sendable {
    /// The listener's own certificate first, then those that lead to a root.
    package var certificates: [UInt8]
    package var key: [UInt8]
    /// Roots of clients' certificates; nil where clients aren't asked for one.
    package var clientRoots: [UInt8]?
    package var clientCertificates: ClientCertificates

    package init(
        certificates: [UInt8],
        key: [UInt8],
        clientRoots: [UInt8]? = nil,
        clientCertificates: ClientCertificates = .none
    ) {
        (self.certificates, self.key) = (certificates, key)
        (self.clientRoots, self.clientCertificates) = (clientRoots, clientCertificates)
    }
}
