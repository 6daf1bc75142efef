import Messaging
import SeededCases
import Testing

/// Ranges of addresses, as operators write them.
@Suite struct AddressRangeTests {
    @Test(arguments: [
        ("10.0.0.0/8", ["10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"], ["9.255.255.255", "11.0.0.0", "::a01:203"]),
        ("172.16.0.0/12", ["172.16.0.0", "172.31.255.255"], ["172.15.255.255", "172.32.0.0"]),
        ("192.168.1.128/25", ["192.168.1.128", "192.168.1.255"], ["192.168.1.127", "192.168.2.128"]),
        ("127.0.0.1", ["127.0.0.1", "::ffff:7f00:1"], ["127.0.0.2", "::1"]),
        ("0.0.0.0/0", ["0.0.0.0", "255.255.255.255", "::ffff:1.2.3.4"], ["::", "2001:db8::1"]),
        ("fd00::/8", ["fd00::", "fdff:ffff::1"], ["fc00::1", "fe00::"]),
        ("::1", ["::1"], ["::", "::2", "127.0.0.1"]),
        ("::/0", ["::", "ffff::1"], ["1.2.3.4", "::ffff:1.2.3.4"]),
        ("::ffff:10.0.0.0/104", ["10.1.2.3"], ["11.0.0.0"]),
        ("::ffff:0:0/96", ["1.2.3.4"], ["::1"]),
    ])
    func `a range holds what begins alike`(_ text: String, _ inside: [String], _ outside: [String]) throws {
        let range = try #require(AddressRange(text))
        for host in inside { #expect(range.contains(host), "\(host)") }
        for host in outside { #expect(!range.contains(host), "\(host)") }
        for host in ["", "unix", "localhost", "10.0.0", "10.0.0.1:80"] { #expect(!range.contains(host)) }
    }

    @Test(arguments: [
        "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/+8", "10.0.0.0/-1", "10.0.0.0/8/8", "10/8",
        "10.0.0.0 /8", "10.0.0.0/ 8", "10.0.0.0/255.0.0.0", "::/129", "::/0128", "::ffff:0:0/95", "::ffff:0:0/0",
        "10.1.2.3/8", "0.0.0.1/0", "fd00::1/8", "192.168.1.1/31", "localhost", "*", "10.*",
    ])
    func `what is no range, or not surely the one that was meant, is refused`(_ text: String) {
        #expect(AddressRange(text) == nil)
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.0.0.0/8"), ("10.0.0.1/32", "10.0.0.1"), ("10.0.0.1", "10.0.0.1"), ("FD00::/8", "fd00::/8"),
        ("::1/128", "::1"), ("::ffff:10.0.0.0/104", "10.0.0.0/8"), ("0.0.0.0/0", "0.0.0.0/0"), ("::/0", "::/0"),
    ])
    func `a range is written in one form`(_ text: String, _ form: String) {
        #expect(AddressRange(text)?.description == form)
    }

    @Test func `an address is in a range exactly when their first bits are the same`() throws {
        var random = SplitMix64()
        for number in 0..<2000 {
            let size = random.chance(1, in: 2) ? 4 : 16
            let length = random.below(size * 8 + 1)
            var base = (0..<size).map { _ in UInt8(random.below(256)) }
            for bit in length..<size * 8 { base[bit / 8] &= ~(0x80 >> UInt8(bit % 8)) }
            let range = try #require(AddressRange("\(IPAddress(bytes: base)!)/\(length)"), "\(replay(number))")
            var address = base
            for bit in length..<size * 8 where random.chance(1, in: 2) { address[bit / 8] ^= 0x80 >> UInt8(bit % 8) }
            #expect(range.contains(bytes: address), "\(replay(number))")
            guard length > 0 else { continue }
            let changed = random.below(length)
            address[changed / 8] ^= 0x80 >> UInt8(changed % 8)
            #expect(!range.contains(bytes: address), "\(replay(number))")
        }
    }
}
