package import Messaging
internal import StrictJSON

/// Takes credentials out of an answer: whatever Divar or its edge repeats of them must not travel on.
///
/// Works on decoded strings, so an escaped spelling doesn't hide one. Credentials shorter than eight bytes are left
/// alone; they would be found in ordinary words.
package struct Redaction: Sendable {
    private static let minimumLength = 8
    private static let replacement = "[redacted]"

    private let secrets: [Secret]

    package init(_ secrets: [Secret] = []) {
        // The longest first, so that one that holds another goes whole.
        self.secrets = secrets.filter { $0.byteCount >= Redaction.minimumLength }
            .sorted { $0.byteCount > $1.byteCount }
    }

    func applied(to value: JSONValue) -> JSONValue {
        // Nearly every answer is clean, and is looked through without a copy.
        !secrets.isEmpty && concerns(value) ? redacted(value) : value
    }

    private func redacted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .null, .bool, .number: value
        case .string(let text): .string(redacted(text))
        case .array(let elements): .array(elements.map(redacted))
        case .object(let members): .object(members.map { JSONMember(redacted($0.name), redacted($0.value)) })
        }
    }

    private func concerns(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .bool, .number: false
        case .string(let text): concerns(text)
        case .array(let elements): elements.contains(where: concerns)
        case .object(let members): members.contains { concerns($0.name) || concerns($0.value) }
        }
    }

    private func concerns(_ text: String) -> Bool {
        let length = text.utf8.count
        guard secrets.contains(where: { $0.byteCount <= length }) else { return false }
        let bytes = Array(text.utf8)
        return secrets.contains { Redaction.place(of: $0, in: bytes, from: 0) != nil }
    }

    private func redacted(_ text: String) -> String {
        // Byte by byte: with a combining mark behind it, a credential's last character would be another one.
        var bytes = Array(text.utf8)
        for secret in secrets {
            var start = 0
            while let place = Redaction.place(of: secret, in: bytes, from: start) {
                bytes.replaceSubrange(place..<place + secret.byteCount, with: Redaction.replacement.utf8)
                start = place + Redaction.replacement.utf8.count
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The first place, from `start` on, at which the secret stands.
    private static func place(of secret: Secret, in text: [UInt8], from start: Int) -> Int? {
        secret.withExposedBytes { bytes in
            var place = start
            while place + bytes.count <= text.count {
                var length = 0
                while length < bytes.count, text[place + length] == bytes[length] { length += 1 }
                if length == bytes.count { return place }
                place += 1
            }
            return nil
        }
    }
}
