package import Crypto

/// Signs checkpoints with the log's own Ed25519 key (RFC 8032).
package struct CheckpointSigner: Sendable {
    private let key: Curve25519.Signing.PrivateKey
    package let verifierKey: VerifierKey

    package init(log: LogID, key: Curve25519.Signing.PrivateKey) {
        self.key = key
        verifierKey = VerifierKey(name: Checkpoint.origin(of: log), publicKey: Array(key.publicKey.rawRepresentation))
    }

    /// Throws where the random source that hardens the signature fails.
    package func sign(_ checkpoint: Checkpoint) throws -> SignedNote {
        let signature = try key.signature(for: Array(checkpoint.text.utf8))
        return SignedNote(
            text: checkpoint.text,
            signatures: [
                .init(name: verifierKey.name, keyID: verifierKey.id, bytes: Array(signature))
            ]
        )
    }
}
