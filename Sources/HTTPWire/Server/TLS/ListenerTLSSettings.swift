/// What a listener needs to speak TLS: where its files are, and whom it asks for a certificate.
package struct ListenerTLSSettings: Sendable, Hashable {
    package enum ClientCertificates: String, Sendable, Hashable, CaseIterable {
        /// Nobody is asked.
        case none
        /// Clients are asked; one without a certificate comes in and says otherwise who it is.
        case optional
        /// Clients without a certificate do not come in.
        case required
    }

    /// PEM: the certificate of the gateway, then those of the authorities between it and the root.
    package var certificatePath: String
    package var keyPath: String
    /// PEM: who vouches for clients.
    package var clientAuthorityPath: String?
    package var clientCertificates: ClientCertificates

    package init(
        certificatePath: String,
        keyPath: String,
        clientAuthorityPath: String? = nil,
        clientCertificates: ClientCertificates = .none
    ) {
        self.certificatePath = certificatePath
        self.keyPath = keyPath
        self.clientAuthorityPath = clientAuthorityPath
        self.clientCertificates = clientCertificates
    }
}
