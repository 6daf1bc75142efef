/// Whether clients show a certificate in the TLS handshake.
package enum ClientCertificates: String, Sendable, Hashable, CaseIterable {
    /// They are not asked for one.
    case none
    /// One that is shown has to be good; who shows none comes by key.
    case optional
    case required
}
