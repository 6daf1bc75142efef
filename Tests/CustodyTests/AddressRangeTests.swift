import Custody
import Glibc
import SeededCases
import Testing

@Suite struct AddressRangeTests {
    /// What the system's own reader makes of a text, as the bytes of an IPv6 address.
    private func bytes(_ text: String) -> [UInt8]? {
        var short = [UInt8](repeating: 0, count: 4)
        if unsafe inet_pton(AF_INET, text, &short) == 1 {
            return [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + short
        }
        var long = [UInt8](repeating: 0, count: 16)
        return unsafe inet_pton(AF_INET6, text, &long) == 1 ? long : nil
    }

    @Test(arguments: [
        (
            "10.0.0.0/8", ["10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"],
            ["9.255.255.255", "11.0.0.0", "::10.1.2.3"]
        ),
        ("192.0.2.7", ["192.0.2.7", "::ffff:192.0.2.7"], ["192.0.2.6", "192.0.2.8"]),
        ("0.0.0.0/0", ["0.0.0.0", "255.255.255.255"], ["::", "::1", "2001:db8::1"]),
        ("::/0", ["::1", "2001:db8::1"], ["10.0.0.1", "::ffff:10.0.0.1"]),
        ("fd00::/8", ["fd00::", "fdff:ffff::1"], ["fe00::", "fc00::1", "10.0.0.1"]),
        ("::ffff:10.0.0.0/104", ["10.9.9.9"], ["11.0.0.0"]),
        ("2001:db8::1", ["2001:db8:0:0:0:0:0:1"], ["2001:db8::2"]),
        ("10.0.0.4/31", ["10.0.0.4", "10.0.0.5"], ["10.0.0.6"]),
    ])
    func `a range has the addresses that begin like it`(range: String, inside: [String], outside: [String]) throws {
        let range = try #require(AddressRange(range))
        for address in inside { #expect(range.contains(try #require(IPAddress(address))), "\(address)") }
        for address in outside { #expect(!range.contains(try #require(IPAddress(address))), "\(address)") }
    }

    @Test(arguments: [
        "", "10", "10.0.0", "10.0.0.0.0", "10.0.0.256", "010.0.0.0", "0x0a.0.0.0", "10.0.0.1/8", "10.0.0.0/33",
        "10.0.0.0/",
        "10.0.0.0/+8", "10.0.0.0/8/8", " 10.0.0.0", "10.0.0.0/-1", "::1/129", "fd00::1/8", ":::", "1::2::3",
        "fe80::1%eth0",
        "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7", "12345::", ":1", "1:", "::ffff:10.0.0.0/8", "[::1]", "host", "*",
        "1:2:3:4:5:6:7::8:9",
        "::+1", "1.2.3.4::",
    ])
    func `anything else is no range`(text: String) {
        #expect(AddressRange(text) == nil)
    }

    @Test func `addresses are read as the system reads them`() {
        var random = SplitMix64()
        let pieces = [
            "0", "1", "ffff", "fd00", "00", "12345", "g", ":", "::", ":", ":", ".", "255", "256", "10", "192.0.2.7",
            "%", "01",
        ]
        for number in 0..<40_000 {
            let text = (0..<(1 + random.below(15))).map { _ in random.element(of: pieces) }.joined()
            let expected = bytes(text)
            #expect((IPAddress(text) != nil) == (expected != nil), "\(text): \(replay(number))")
        }
        for number in 0..<5_000 {
            let groups = (0..<8).map { _ in random.chance(1, in: 2) ? 0 : UInt16(truncatingIfNeeded: random.next()) }
            var raw = groups.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
            if random.chance(1, in: 4) {
                raw.replaceSubrange(0..<12, with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF])
            }
            var buffer = [CChar](repeating: 0, count: 64)
            _ = unsafe inet_ntop(AF_INET6, &raw, &buffer, 64)
            let text = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
            let plain = stride(from: 0, to: 16, by: 2).map {
                String(UInt16(raw[$0]) << 8 | UInt16(raw[$0 + 1]), radix: 16)
            }
            #expect(IPAddress(text) == IPAddress(plain.joined(separator: ":")), "\(text): \(replay(number))")
            #expect(AddressRange(text)?.contains(IPAddress(text)!) == true, "\(text): \(replay(number))")
        }
    }

    @Test func `a range has what its first bits say, whatever they are`() throws {
        var random = SplitMix64()
        for number in 0..<5_000 {
            let length = random.below(33)
            let base = length == 0 ? 0 : UInt32(truncatingIfNeeded: random.next()) & (~0 << UInt32(32 - length))
            let flipped = UInt32(1) << UInt32(random.below(32))
            let other = base ^ flipped
            let range = try #require(AddressRange("\(text(base))/\(length)"), "\(replay(number))")
            let isInside = length == 0 || flipped < (UInt64(1) << UInt64(32 - length))
            #expect(range.contains(try #require(IPAddress(text(other)))) == isInside, "\(replay(number))")
        }
    }

    private func text(_ address: UInt32) -> String {
        [24, 16, 8, 0].map { String(address >> UInt32($0) & 0xFF) }.joined(separator: ".")
    }
}
