private import Messaging

/// The fields of an `application/x-www-form-urlencoded` body.
struct FormBody {
    private let fields: [(name: String, value: String)]

    /// Nil where it is none, or a field stands twice (RFC 6749 section 3.2 forbids that).
    init?(_ body: [UInt8]) {
        var fields: [(name: String, value: String)] = []
        for pair in String(decoding: body, as: UTF8.self).split(separator: "&", omittingEmptySubsequences: false) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let name = FormBody.decoded(parts[0]), let value = FormBody.decoded(parts[1]),
                !fields.contains(where: { $0.name == name })
            else { return nil }
            fields.append((name, value))
        }
        self.fields = fields
    }

    subscript(name: String) -> String? {
        fields.first { $0.name == name }?.value
    }

    /// `+` stands for a blank, and all that is not unreserved may stand as it is.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard let value = Hexadecimal.bytes(digits), value.count == 1 else { return nil }
            bytes += value
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
