private import Crypto
private import FoundationEssentials
private import Messaging

/// Whose signature on a checkpoint counts: a C2SP verifier key for Ed25519.
package struct VerifierKey: Sendable, Hashable, CustomStringConvertible {
    package let name: String
    let publicKey: [UInt8]

    init(name: String, publicKey: [UInt8]) {
        self.name = name
        self.publicKey = publicKey
    }

    /// Reads `<name>+<id>+<base64>`; nil where it isn't one, or the id belongs to another key.
    package init?(_ text: String) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].allSatisfy({ !$0.isWhitespace && $0 != "+" }),
            let key = Data(base64Encoded: parts[2]), key.count == 33, key.first == 0x01
        else { return nil }
        self.init(name: parts[0], publicKey: Array(key.dropFirst()))
        guard Hexadecimal.text(id) == parts[1] else { return nil }
    }

    /// The first four bytes of a hash over name and key: tells keys apart, proves nothing.
    var id: [UInt8] {
        Array(SHA256.hash(data: Array(name.utf8) + [0x0A, 0x01] + publicKey).prefix(4))
    }

    package var description: String {
        "\(name)+\(Hexadecimal.text(id))+\(Data([0x01] + publicKey).base64EncodedString())"
    }

    func accepts(signature: [UInt8], of text: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return false }
        return key.isValidSignature(signature, for: text)
    }
}
