/// The name of a certificate's subject in a form that can be compared: RFC 4514, whatever spaces and escapes it was
/// written with.
package struct DistinguishedName: Sendable, Hashable, CustomStringConvertible {
    private struct Attribute: Hashable {
        var type: String
        /// Its BER where it is none of the strings that have a text (RFC 4514 section 2.4), otherwise its text.
        var value: [UInt8]
        var isEncoded: Bool
    }

    /// Relative names in their order; the attributes of one (`CN=a+OU=b`) have none.
    private let relativeNames: [Set<Attribute>]
    package let description: String

    /// Nil where the text is no distinguished name, or an empty one.
    package init?(_ text: String) {
        var names: [Set<Attribute>] = []
        for name in DistinguishedName.split(Array(text.utf8), at: UInt8(ascii: ",")) {
            var attributes: Set<Attribute> = []
            for part in DistinguishedName.split(name, at: UInt8(ascii: "+")) {
                guard let attribute = DistinguishedName.attribute(part), attributes.insert(attribute).inserted else {
                    return nil
                }
            }
            names.append(attributes)
        }
        relativeNames = names
        description = text
    }

    package static func == (left: DistinguishedName, right: DistinguishedName) -> Bool {
        left.relativeNames == right.relativeNames
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(relativeNames)
    }

    /// Splits where the separator isn't escaped.
    private static func split(_ bytes: [UInt8], at separator: UInt8) -> [[UInt8]] {
        var parts: [[UInt8]] = [[]]
        var isEscaped = false
        for byte in bytes {
            if byte == separator, !isEscaped {
                parts.append([])
            } else {
                parts[parts.count - 1].append(byte)
            }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        }
        return parts
    }

    private static func attribute(_ part: [UInt8]) -> Attribute? {
        guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        let type = String(decoding: part[..<equals], as: UTF8.self).filter { $0 != " " }.uppercased()
        guard !type.isEmpty, type.utf8.allSatisfy(mayStandInType) else { return nil }
        let text = part[(equals + 1)...].drop { $0 == UInt8(ascii: " ") }
        let isEncoded = text.first == UInt8(ascii: "#")
        guard let value = isEncoded ? encoded(text) : value(text) else { return nil }
        // OpenSSL has a longer name for the address than others.
        return Attribute(type: type == "EMAILADDRESS" ? "E" : type, value: value, isEncoded: isEncoded)
    }

    private static func mayStandInType(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func encoded(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let digits = String(decoding: text.dropFirst(), as: UTF8.self)
        return digits.isEmpty ? nil : Hexadecimal.bytes(digits.filter { $0 != " " })
    }

    /// The bytes that a value stands for. Spaces around it are layout, unless they are escaped.
    private static func value(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var rest = text
        var value: [UInt8] = []
        var meant = 0
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                value.append(byte)
                if byte != UInt8(ascii: " ") { meant = value.count }
                continue
            }
            guard let next = rest.popFirst() else { return nil }
            if let second = rest.first, let pair = Hexadecimal.bytes(String(decoding: [next, second], as: UTF8.self)) {
                rest.removeFirst()
                value += pair
            } else if " \"#+,;<=>\\".utf8.contains(next) {
                value.append(next)
            } else {
                return nil
            }
            meant = value.count
        }
        return meant == 0 ? nil : Array(value[..<meant])
    }
}
