/// Takes apart what is encoded in DER (X.690 section 10), element by element, and nothing that is only BER: what has
/// one meaning has one encoding, or a certificate could say two things.
struct DERReader {
    /// Tags of the universal class, with the bit for constructed ones where they are (X.690 section 8.1.2).
    enum Tag {
        static let integer: UInt8 = 0x02
        static let objectIdentifier: UInt8 = 0x06
        static let utf8String: UInt8 = 0x0C
        static let printableString: UInt8 = 0x13
        static let ia5String: UInt8 = 0x16
        static let bmpString: UInt8 = 0x1E
        static let sequence: UInt8 = 0x30
        static let set: UInt8 = 0x31
        /// `[0]`, constructed.
        static let version: UInt8 = 0xA0
    }

    struct Element {
        let tag: UInt8
        let content: ArraySlice<UInt8>
        /// With tag and length.
        let encoding: ArraySlice<UInt8>
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    var isAtEnd: Bool { rest.isEmpty }

    /// The tag of the element that comes next.
    var nextTag: UInt8? { rest.first }

    /// The next element; nil where there is none, or what stands there isn't DER.
    mutating func next() -> Element? {
        var bytes = rest
        // Tags over 30 take more bytes; nothing that is read here has one.
        guard let tag = bytes.popFirst(), tag & 0x1F != 0x1F, let length = DERReader.length(&bytes),
            length <= bytes.count
        else { return nil }
        let content = bytes.prefix(length)
        let encoding = rest[rest.startIndex..<content.endIndex]
        rest = rest[content.endIndex...]
        return Element(tag: tag, content: content, encoding: encoding)
    }

    /// The content of the next element, which must be of that kind.
    mutating func next(_ tag: UInt8) -> ArraySlice<UInt8>? {
        guard nextTag == tag else { return nil }
        return next()?.content
    }

    private static func length(_ bytes: inout ArraySlice<UInt8>) -> Int? {
        guard let first = bytes.popFirst() else { return nil }
        guard first >= 0x80 else { return Int(first) }
        let count = Int(first & 0x7F)
        // No more than 16 MiB; and none of it longer than need be.
        guard (1...3).contains(count), bytes.count >= count, bytes.first != 0 else { return nil }
        let length = bytes.prefix(count).reduce(0) { $0 << 8 | Int($1) }
        bytes = bytes.dropFirst(count)
        return length >= 0x80 ? length : nil
    }
}
