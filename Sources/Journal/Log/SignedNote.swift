private import FoundationEssentials

/// A text with signatures under it, in the form of C2SP signed-note.
package struct SignedNote: Sendable, Hashable, CustomStringConvertible {
    package struct Signature: Sendable, Hashable {
        package let name: String
        let keyID: [UInt8]
        let bytes: [UInt8]
    }

    /// Ends with a line feed.
    package let text: String
    package let signatures: [Signature]

    /// A signed note is at most this long; checkpoints take some 300 bytes.
    package static let maximumBytes = 16 * 1024

    init(text: String, signatures: [Signature]) {
        self.text = text
        self.signatures = signatures
    }

    /// Reads a note; nil where the form is another.
    package init?(_ note: String) {
        guard note.utf8.count <= SignedNote.maximumBytes, let separator = note.ranges(of: "\n\n").last else {
            return nil
        }
        let text = String(note[..<separator.lowerBound]) + "\n"
        let lines = note[separator.upperBound...].split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.last?.isEmpty == true, lines.count > 1 else { return nil }
        var signatures: [Signature] = []
        for line in lines.dropLast() {
            let parts = line.split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0] == "—", let data = Data(base64Encoded: String(parts[2])), data.count > 4
            else { return nil }
            signatures.append(
                Signature(name: String(parts[1]), keyID: Array(data.prefix(4)), bytes: Array(data.dropFirst(4)))
            )
        }
        self.init(text: text, signatures: signatures)
    }

    package var description: String {
        signatures.reduce(text + "\n") { note, signature in
            note + "— \(signature.name) \(Data(signature.keyID + signature.bytes).base64EncodedString())\n"
        }
    }

    /// Whether exactly one of the signatures is that key's, and right.
    package func isSigned(by key: VerifierKey) -> Bool {
        let own = signatures.filter { $0.name == key.name && $0.keyID == key.id }
        return own.count == 1 && own.allSatisfy { key.accepts(signature: $0.bytes, of: Array(text.utf8)) }
    }
}
