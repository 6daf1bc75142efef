/// Why there is no TLS with what was given. Says nothing of a key's bytes.
package enum ServerTLSError: Error, Sendable, Hashable, CustomStringConvertible {
    case noCertificate
    case noKey
    case noClientRoots
    case mismatch

    package var description: String {
        switch self {
        case .noCertificate: "the certificate file holds no certificate in PEM"
        case .noKey: "the key file holds no private key in PEM without a passphrase"
        case .noClientRoots: "the file of client roots holds no certificate in PEM"
        case .mismatch: "the private key is not the one of the certificate"
        }
    }
}
