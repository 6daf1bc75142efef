/// The subject of a certificate as text (RFC 4514): `CN=billing,O=Acme`, the most particular first.
///
/// Two subjects have the same text only where they are the same, so that a text can stand for a caller.
struct CertificateSubject: Equatable {
    let text: String

    /// The names of RFC 4514 section 3, and two more that certificates bear and openssl prints. Others are numbers.
    private static let names: [String: String] = [
        "2.5.4.3": "CN", "2.5.4.7": "L", "2.5.4.8": "ST", "2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.6": "C",
        "2.5.4.9": "STREET", "0.9.2342.19200300.100.1.25": "DC", "0.9.2342.19200300.100.1.1": "UID",
        "2.5.4.5": "serialNumber", "1.2.840.113549.1.9.1": "emailAddress",
    ]

    /// Nil for what is no certificate in DER (RFC 5280 section 4.1), as far as its subject.
    init?(ofCertificate der: [UInt8]) {
        var outer = DERReader(der[...])
        guard let certificate = outer.next(DERReader.Tag.sequence), outer.isAtEnd else { return nil }
        var parts = DERReader(certificate)
        guard let signed = parts.next(DERReader.Tag.sequence) else { return nil }
        var fields = DERReader(signed)
        if fields.nextTag == DERReader.Tag.version, fields.next() == nil { return nil }
        // Serial number, signature algorithm, issuer, validity.
        guard fields.next(DERReader.Tag.integer) != nil, fields.next(DERReader.Tag.sequence) != nil,
            fields.next(DERReader.Tag.sequence) != nil, fields.next(DERReader.Tag.sequence) != nil,
            let subject = fields.next(DERReader.Tag.sequence)
        else { return nil }
        self.init(subject)
    }

    /// - Parameter sequence: the content of an RDNSequence.
    init?(_ sequence: ArraySlice<UInt8>) {
        var reader = DERReader(sequence)
        var names: [String] = []
        while !reader.isAtEnd {
            guard let set = reader.next(DERReader.Tag.set), let name = CertificateSubject.relativeName(set) else {
                return nil
            }
            names.append(name)
        }
        text = names.reversed().joined(separator: ",")
    }

    private static func relativeName(_ set: ArraySlice<UInt8>) -> String? {
        var reader = DERReader(set)
        var parts: [String] = []
        while !reader.isAtEnd {
            guard let pair = reader.next(DERReader.Tag.sequence) else { return nil }
            var members = DERReader(pair)
            guard let type = members.next(DERReader.Tag.objectIdentifier).flatMap(dotted), let value = members.next(),
                members.isAtEnd
            else { return nil }
            guard let name = names[type], let text = string(value) else {
                parts.append("\(names[type] ?? type)=#\(hexadecimal(value.encoding))")
                continue
            }
            parts.append("\(name)=\(escaped(text))")
        }
        return parts.isEmpty ? nil : parts.joined(separator: "+")
    }

    /// Nil for kinds of strings whose characters aren't surely known.
    private static func string(_ value: DERReader.Element) -> String? {
        switch value.tag {
        case DERReader.Tag.utf8String:
            return String(validating: value.content, as: UTF8.self)
        case DERReader.Tag.printableString, DERReader.Tag.ia5String:
            guard value.content.allSatisfy({ $0 < 0x80 }) else { return nil }
            return String(decoding: value.content, as: UTF8.self)
        case DERReader.Tag.bmpString:
            guard value.content.count.isMultiple(of: 2) else { return nil }
            let bytes = Array(value.content)
            let units = stride(from: 0, to: bytes.count, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
            return String(validating: units, as: UTF16.self)
        default:
            return nil
        }
    }

    /// As RFC 4514 section 2.4 has it; what can't be seen is escaped, too.
    private static func escaped(_ text: String) -> String {
        var result = ""
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            switch scalar {
            case "\"", "+", ",", ";", "<", ">", "\\": result += "\\"
            case "#" where index == 0: result += "\\"
            case " " where index == 0 || index == scalars.count - 1: result += "\\"
            case "\u{0}"..<" ", "\u{7F}"..<"\u{A0}":
                for byte in String(scalar).utf8 { result += "\\" + hexadecimal([byte]) }
                continue
            default: break
            }
            result.unicodeScalars.append(scalar)
        }
        return result
    }

    /// The numbers of an object identifier (X.690 section 8.19).
    private static func dotted(_ content: ArraySlice<UInt8>) -> String? {
        var numbers: [UInt64] = []
        var number: UInt64 = 0
        var isWithin = false
        for byte in content {
            guard isWithin || byte != 0x80, number <= UInt64.max >> 7 else { return nil }
            number = number << 7 | UInt64(byte & 0x7F)
            isWithin = byte & 0x80 != 0
            if !isWithin {
                numbers.append(number)
                number = 0
            }
        }
        guard !isWithin, let first = numbers.first else { return nil }
        // The first two numbers are one: of the three beginnings only the last has more than forty children.
        let root = min(first / 40, 2)
        return ([root, first - root * 40] + numbers.dropFirst()).map { String($0) }.joined(separator: ".")
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
