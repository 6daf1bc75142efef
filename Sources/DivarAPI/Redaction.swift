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
        self.secrets = secrets.filter { Redaction.length(of: $0) >= Redaction.minimumLength }
            .sorted { Redaction.length(of: $0) > Redaction.length(of: $1) }
    }

    private static func length(of secret: Secret) -> Int {
        secret.withExposedText { $0.utf8.count }
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
        secrets.contains { secret in
            secret.withExposedText { $0.utf8.count <= text.utf8.count && text.utf8.firstRange(of: $0.utf8) != nil }
        }
    }

    private func redacted(_ text: String) -> String {
        // Byte by byte: with a combining mark behind it, a credential's last character would be another one.
        let bytes = secrets.reduce(Array(text.utf8)) { bytes, secret in
            secret.withExposedText { bytes.replacing(Array($0.utf8), with: Array(Redaction.replacement.utf8)) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
