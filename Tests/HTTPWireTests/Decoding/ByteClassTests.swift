@testable import HTTPWire
import NIOCore
import Testing

/// The classes of bytes, against their definitions spelt out.
@Suite struct ByteClassTests {
    private static let alphanumeric = Set(
        (0..<128).map { UInt8($0) }.filter { byte in
            Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber
        })

    @Test(arguments: UInt8.min ... .max)
    func `every byte is in its classes`(_ byte: UInt8) {
        let token = ByteClassTests.alphanumeric.union("!#$%&'*+-.^_`|~".utf8)
        #expect(ByteClass.isToken(byte) == token.contains(byte))
        let target = ByteClassTests.alphanumeric.union("-._~%!$&'()*+,;=:@/?".utf8)
        #expect(ByteClass.isTarget(byte) == target.contains(byte))
        #expect(ByteClass.isValue(byte) == (byte == 9 || (byte >= 32 && byte != 127)))
        #expect(ByteClass.isSpace(byte) == (byte == 9 || byte == 32))
        #expect(ByteClass.isDigit(byte) == (48...57).contains(byte))
        let digit = byte < 128 ? Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) } : nil
        #expect(ByteClass.hexValue(byte) == digit)
    }

    @Test(arguments: UInt8.min ... .max)
    func `a value's end is never passed by words, wherever it stands`(_ byte: UInt8) {
        for place in 0..<24 {
            var bytes = [UInt8](repeating: 0xFF, count: 24)
            bytes[place] = byte
            let end = ByteClass.valueWordsEnd(bytes.span, from: 0, to: 24)
            let ends = byte < 32 || byte == 127
            #expect(end == (ends ? place / 8 * 8 : 24))
            #expect(ByteClass.valueWordsEnd(bytes.span, from: 0, to: place) <= place)
        }
    }
}
