internal import Crypto
internal import Messaging

extension SHA256 {
    /// The hash of a secret's bytes, read where they are: no copy is left behind.
    static func hash(of secret: Secret) -> SHA256.Digest {
        secret.withExposedBytes { bytes in
            var hasher = SHA256()
            unsafe bytes.withUnsafeBytes { unsafe hasher.update(bufferPointer: $0) }
            return hasher.finalize()
        }
    }
}
