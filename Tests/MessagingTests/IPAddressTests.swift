import Glibc
import Messaging
import SeededCases
import Testing

/// Addresses of IPv4 and IPv6, read and written.
@Suite struct IPAddressTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
        ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:DB8::A", "2001:db8::a"),
        ("2001:0db8:0000:0000:0001:0000:0000:0001", "2001:db8::1:0:0:1"),
        ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), ("0:0:1::", "0:0:1::"), ("64:ff9b::10.0.0.1", "64:ff9b::a00:1"),
        ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"), ("::1.2.3.4", "::102:304"), ("fe80::1:0:0", "fe80::1:0:0"),
    ])
    func `an address is read and written in one form`(_ text: String, _ form: String) {
        #expect(IPAddress(text)?.description == form)
    }

    @Test(arguments: ["::ffff:10.0.0.1", "::FFFF:a00:1", "0:0:0:0:0:ffff:0a00:0001"])
    func `an IPv4 address in the clothes of IPv6 is that address`(_ text: String) {
        #expect(IPAddress(text) == IPAddress("10.0.0.1"))
        #expect(IPAddress(text)?.description == "10.0.0.1")
        #expect(IPAddress(bytes: Array(repeating: 0, count: 10) + [255, 255, 10, 0, 0, 1]) == IPAddress("10.0.0.1"))
    }

    @Test(arguments: [
        "", ".", ":", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.00", "0x7f.0.0.1", "1..2.3", "1.2.3.",
        " 1.2.3.4", "1.2.3.4 ", "1.2.3.4/8", "-1.2.3.4", "+1.2.3.4", "1.2.3.1000", "2130706433", "localhost",
        ":::", ":1", "1:", "1::2::3", "1:::2", "12345::", "g::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "+1::",
        "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1.2.3.4::", "1.2.3.4:1::", "::1.2.3", "::1.2.3.4:1", "::01.2.3.4",
        "[::1]", "fe80::1%eth0", "::1%", "١.٢.٣.٤", "1:2:3:4:5:6:7:1.2.3.4", "::ffff:1.2.3.4.5", "１::",
        "0000000000000000000000000000000000000000000000001",
    ])
    func `what is no address is refused`(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func `bytes make an address when they are four or sixteen`() {
        #expect(IPAddress(bytes: [192, 168, 1, 2])?.description == "192.168.1.2")
        #expect(IPAddress(bytes: Array(repeating: 0, count: 15) + [1])?.description == "::1")
        for count in [0, 1, 3, 5, 15, 17] { #expect(IPAddress(bytes: Array(repeating: UInt8(1), count: count)) == nil) }
    }

    @Test func `what it reads and writes is what the system reads`() {
        var random = SplitMix64()
        for number in 0..<3000 {
            let text = IPAddressTests.text(&random)
            let ours = IPAddress(text)
            let theirs = IPAddressTests.systemReading(text)
            #expect(ours == theirs, "\(text): \(replay(number))")
            if let ours { #expect(IPAddress(ours.description) == ours, "\(ours): \(replay(number))") }
        }
    }

    /// Something like an address, more or less.
    private static func text(_ random: inout SplitMix64) -> String {
        var bytes = (0..<16).map { _ in random.chance(1, in: 2) ? UInt8(0) : UInt8(random.below(256)) }
        if random.chance(1, in: 4) { bytes = Array(repeating: 0, count: 10) + [255, 255] + bytes[12...] }
        var text = random.chance(1, in: 3) ? bytes[..<4].map(String.init).joined(separator: ".") : ""
        if text.isEmpty {
            let groups = (0..<8).map { String(UInt16(bytes[2 * $0]) << 8 | UInt16(bytes[2 * $0 + 1]), radix: 16) }
            text = random.chance(1, in: 2) ? groups.joined(separator: ":") : "\(IPAddress(bytes: bytes)!)"
        }
        guard random.chance(1, in: 2) else { return text }
        var characters = Array(text)
        for _ in 0...random.below(2) {
            let index = random.below(characters.count)
            switch random.below(3) {
            case 0: characters[index] = random.element(of: Array("0123456789abf:.g "))
            case 1: characters.insert(random.element(of: Array("0123456789abf:.")), at: index)
            default: if characters.count > 1 { characters.remove(at: index) }
            }
        }
        return String(characters)
    }

    private static func systemReading(_ text: String) -> IPAddress? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if unsafe inet_pton(AF_INET, text, &bytes) == 1 { return IPAddress(bytes: bytes[..<4]) }
        guard unsafe inet_pton(AF_INET6, text, &bytes) == 1 else { return nil }
        return IPAddress(bytes: bytes)
    }
}
