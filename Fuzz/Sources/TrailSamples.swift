import Crypto
import Journal

/// A log, a hash and a key that no input belongs to.
let someLog = LogID(random: (0x0123_4567_89AB_CDEF, 0x0123_4567_89AB_CDEF))

let someDigest: Digest32 = {
    guard let digest = Digest32(checking: (0..<32).map { UInt8($0) }) else { preconditionFailure("32 bytes are 32") }
    return digest
}()

let someKey: VerifierKey = {
    guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: someDigest.bytes) else {
        preconditionFailure("32 bytes are a private key")
    }
    return CheckpointSigner(log: someLog, key: key).verifierKey
}()
