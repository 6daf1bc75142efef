/// Writes DER, for certificates that no tool would make.
enum DER {
    static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        [tag] + length(content.count) + content
    }

    static func sequence(_ parts: [UInt8]...) -> [UInt8] { element(0x30, parts.flatMap { $0 }) }
    static func set(_ parts: [UInt8]...) -> [UInt8] { element(0x31, parts.flatMap { $0 }) }
    static func utf8(_ text: String) -> [UInt8] { element(0x0C, Array(text.utf8)) }

    /// - Parameter numbers: with the first two made one already (X.690 section 8.19.4).
    static func identifier(_ numbers: UInt64...) -> [UInt8] {
        element(0x06, numbers.flatMap(groups))
    }

    static let commonName = identifier(85, 4, 3)
    static let organization = identifier(85, 4, 10)

    /// One attribute by itself.
    static func name(_ type: [UInt8], _ value: [UInt8]) -> [UInt8] { set(sequence(type, value)) }

    /// As much of a certificate as is before its subject, and a little after it.
    static func certificate(subject: [UInt8]..., hasVersion: Bool = true) -> [UInt8] {
        let version = hasVersion ? element(0xA0, element(0x02, [2])) : []
        let issuer = sequence(name(commonName, utf8("Authority")))
        let fields =
            version + element(0x02, [1]) + sequence(identifier(42, 840)) + issuer + sequence(utf8("dates"))
            + sequence(subject.flatMap { $0 }) + sequence(utf8("key"))
        return sequence(element(0x30, fields), sequence(identifier(42, 840)), element(0x03, [0, 1]))
    }

    private static func length(_ count: Int) -> [UInt8] {
        guard count >= 0x80 else { return [UInt8(count)] }
        var bytes: [UInt8] = []
        var rest = count
        while rest > 0 {
            bytes.insert(UInt8(rest & 0xFF), at: 0)
            rest >>= 8
        }
        return [0x80 | UInt8(bytes.count)] + bytes
    }

    private static func groups(_ number: UInt64) -> [UInt8] {
        var bytes = [UInt8(number & 0x7F)]
        var rest = number >> 7
        while rest > 0 {
            bytes.insert(UInt8(rest & 0x7F) | 0x80, at: 0)
            rest >>= 7
        }
        return bytes
    }
}
