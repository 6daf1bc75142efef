import Messaging
import Testing

/// Base 16, both ways.
@Suite struct HexadecimalTests {
    @Test(arguments: [
        (UInt64(0), "0000000000000000"), (1, "0000000000000001"), (.max, "ffffffffffffffff"),
        (0x0123_4567_89AB_CDEF, "0123456789abcdef"), (1 << 63, "8000000000000000"),
    ])
    func `a number has sixteen digits`(_ number: UInt64, _ text: String) {
        #expect(Hexadecimal.text(number) == text)
    }

    @Test func `every byte comes back from its digits in either case`() {
        let bytes = Array(UInt8.min...UInt8.max)
        let text = Hexadecimal.text(bytes)
        #expect(text.count == 512)
        #expect(text == text.lowercased())
        #expect(Hexadecimal.bytes(text) == bytes)
        #expect(Hexadecimal.bytes(text.uppercased()) == bytes)
        #expect(Hexadecimal.bytes("") == [])
        #expect(Hexadecimal.text([UInt8]()) == "")
    }

    @Test(arguments: [
        "0", "000", "0g", "g0", " 0", "0x", "0x00", "+1", "-1", "00 ", "00\n", "é", "ａａ", "٠٠", "/0", ":0", "@0", "`0",
    ])
    func `what is not an even number of digits is refused`(_ text: String) {
        #expect(Hexadecimal.bytes(text) == nil)
    }
}
