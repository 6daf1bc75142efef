import Messaging
import Testing

/// Which addresses lead to the public Internet, and what the others are for.
@Suite struct SpecialPurposeTests {
    @Test(arguments: [
        ("0.0.0.0", SpecialPurpose.unspecified), ("0.1.2.3", .unspecified), ("::", .unspecified),
        ("127.0.0.1", .loopback), ("127.255.255.255", .loopback), ("::1", .loopback),
        ("10.0.0.0", .privateUse), ("10.255.255.255", .privateUse), ("172.16.0.1", .privateUse),
        ("172.31.255.255", .privateUse), ("192.168.0.1", .privateUse), ("fc00::1", .privateUse),
        ("fdff::1", .privateUse), ("fec0::1", .privateUse),
        ("169.254.169.254", .linkLocal), ("fe80::1", .linkLocal), ("febf::1", .linkLocal),
        ("100.64.0.0", .sharedByProviders), ("100.127.255.255", .sharedByProviders),
        ("224.0.0.1", .multicast), ("239.255.255.255", .multicast), ("ff02::1", .multicast),
        ("192.0.2.1", .documentation), ("198.51.100.1", .documentation), ("203.0.113.1", .documentation),
        ("2001:db8::1", .documentation), ("3fff:fff::1", .documentation),
        ("192.0.0.1", .reserved), ("192.88.99.1", .reserved), ("198.18.0.1", .reserved), ("198.19.255.255", .reserved),
        ("240.0.0.1", .reserved), ("255.255.255.255", .reserved), ("2001::1", .reserved), ("2001:1ff::1", .reserved),
        ("100::1", .reserved), ("64:ff9b:1::a00:1", .reserved), ("5f00::1", .reserved), ("4000::1", .reserved),
        ("::2", .reserved), ("::127.0.0.1", .reserved), ("::8.8.8.8", .reserved),
    ])
    func `an address that doesn't lead to the public Internet has its purpose`(
        _ text: String, _ purpose: SpecialPurpose
    ) throws {
        #expect(SpecialPurpose(try #require(IPAddress(text))) == purpose)
    }

    @Test(arguments: [
        ("::ffff:127.0.0.1", SpecialPurpose.loopback), ("::ffff:10.0.0.1", .privateUse),
        ("64:ff9b::127.0.0.1", .loopback), ("64:ff9b::169.254.169.254", .linkLocal), ("64:ff9b::10.1.2.3", .privateUse),
        ("2002:7f00:1::", .loopback), ("2002:a00:1::1", .privateUse), ("2002:a9fe:a9fe::1", .linkLocal),
        ("2002:6440:1::", .sharedByProviders),
    ])
    func `an address in the clothes of another has its own purpose`(_ text: String, _ purpose: SpecialPurpose) throws {
        #expect(SpecialPurpose(try #require(IPAddress(text))) == purpose)
    }

    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
        "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "185.143.233.1",
        "192.0.1.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
        "2001:200::1", "2001:4860:4860::8888", "2606:4700::1111", "2a00::1", "3ffe::1", "64:ff9b::8.8.8.8",
        "2002:808:808::1",
    ])
    func `an address of the public Internet has no special purpose`(_ text: String) throws {
        #expect(SpecialPurpose(try #require(IPAddress(text))) == nil)
    }
}
