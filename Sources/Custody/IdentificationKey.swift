private import Crypto
package import Messaging

/// The key by which Divar's webhooks are known. Holds its hash only.
package struct IdentificationKey: EventAuthenticating {
    private let digest: SHA256.Digest

    package init(_ key: Secret) {
        digest = SHA256.hash(of: key)
    }

    /// Takes the same time whatever is presented: hashes are compared, and swift-crypto compares digests in constant
    /// time.
    package func admits(_ presented: Secret) -> Bool {
        SHA256.hash(of: presented) == digest
    }
}
