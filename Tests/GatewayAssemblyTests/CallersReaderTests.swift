import Custody
import GatewayAssembly
import Messaging
import Testing

@Suite struct CallersReaderTests {
    private static let digest = String(repeating: "ab", count: 32)
    private static let other = String(repeating: "cd", count: 32)
    private static let apps = "apps: {default: {keys: [{env: KEY}]}}\n"

    private func callers(_ yaml: String) throws -> [CallerEntry] {
        try ConfigurationReader.read(yaml: CallersReaderTests.apps + "callers:\n" + yaml).callers
    }

    private func problems(_ yaml: String) -> [String] {
        do {
            _ = try ConfigurationReader.read(yaml: CallersReaderTests.apps + "callers:\n" + yaml)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test func `everything that can be said of a caller is read`() throws {
        let entry = try #require(
            try callers(
                """
                  billing:
                    key_sha256: \(CallersReaderTests.digest)
                    keys:
                      - {sha256: \(CallersReaderTests.other), expires: 2027-01-01, name: blue}
                    may: send
                    as: [bot]
                    rate: {per_minute: 30, burst: 5}
                    max_in_flight: 4
                    links: {hosts: [acme.ir, "*.acme.ir"], mode: report}
                    addresses: [10.0.0.0/8, "fd00::/8"]
                    peers: {users: [1001, root]}
                    certificates: ["CN=billing,O=Acme", "dns:billing.internal"]
                """
            ).first)
        #expect(entry.keys.map(\.digest.hexadecimal) == [CallersReaderTests.digest, CallersReaderTests.other])
        #expect(entry.keys.map(\.expires) == [nil, 1_798_761_600])
        #expect(entry.keys.map(\.name) == [nil, "blue"])
        #expect(entry.senders == [.bot])
        #expect(entry.rate == CallerRate(perMinute: 30, burst: 5))
        #expect(entry.maximumInFlight == 4)
        #expect(entry.links?.isEnforced == false && entry.links?.admits(host: "x.acme.ir") == true)
        #expect(entry.addresses == [AddressRange("10.0.0.0/8")!, AddressRange("fd00::/8")!])
        #expect(entry.userIDs == [1001, 0])
        #expect(entry.certificates.map(\.description) == ["CN=billing,O=Acme", "dns:billing.internal"])
    }

    @Test func `what isn't said is no limit`() throws {
        let entry = try #require(try callers("  a: {key_sha256: \(CallersReaderTests.digest), may: [read]}").first)
        #expect(entry.senders == Set(MessageSender.allCases))
        #expect(entry.rate == nil && entry.maximumInFlight == nil && entry.links == nil && entry.addresses.isEmpty)
        #expect(try callers("  a: {keys: [], may: [read]}").first?.keys == [])
        #expect(try callers("  a: {peers: {users: [7]}, may: [read]}").first?.userIDs == [7])
    }

    @Test(arguments: [
        ("may: [send]", "callers.a.key_sha256: is required"),
        ("keys: [{}], may: [send]", "callers.a.keys[0].sha256: is required"),
        ("keys: [{sha256: x}], may: [send]", "callers.a.keys[0].sha256: must be 64 hexadecimal digits"),
        ("keys: [{sha256: D, expires: never}], may: [send]", "callers.a.keys[0].expires: must be a time"),
        ("keys: [{sha256: D, name: a b}], may: [send]", "callers.a.keys[0].name: must be 1 to 64"),
        ("keys: [{sha256: D}, {sha256: D}], may: [send]", "callers.a.key_sha256: has the same key as a"),
        ("key_sha256: D, may: [send], as: [robot]", "callers.a.as: must be bot or user"),
        ("key_sha256: D, may: [send], as: []", "callers.a.as: must not be empty"),
        ("key_sha256: D, may: [send], addresses: []", "callers.a.addresses: must not be empty"),
        ("key_sha256: D, may: [send], addresses: [10.0.0.1/8]", "callers.a.addresses: must be an address or a range"),
        ("key_sha256: D, may: [send], rate: {}", "callers.a.rate.per_minute: is required"),
        ("key_sha256: D, may: [send], rate: {per_minute: 0}", "callers.a.rate.per_minute: must be a whole number"),
        ("key_sha256: D, may: [send], rate: 5", "callers.a.rate: must be a mapping"),
        ("key_sha256: D, may: [send], max_in_flight: 0", "callers.a.max_in_flight: must be a whole number"),
        ("key_sha256: D, may: [send], links: {mode: report}", "callers.a.links.hosts: is required"),
        (
            "key_sha256: D, may: [send], links: {hosts: ['https://a'], mode: enforce}",
            "callers.a.links.hosts: must be a host"
        ),
        (
            "key_sha256: D, may: [send], links: {hosts: [a], mode: both}",
            "callers.a.links.mode: must be report or enforce"
        ),
        ("peers: {users: [nobody-of-that-name]}, may: [send]", "callers.a.peers.users: must be the number or the name"),
        ("peers: {users: [-1]}, may: [send]", "callers.a.peers.users: must be the number or the name"),
        ("peers: {user: [1]}, may: [send]", "callers.a.peers.user: is not a key that is known here"),
        ("certificates: [billing], may: [send]", "callers.a.certificates: must be a certificate's subject"),
    ])
    func `a mistake is named by its place`(entry: String, expected: String) {
        let entry = entry.replacing(" D", with: " " + CallersReaderTests.digest)
        let found = problems("  a: {\(entry)}")
        #expect(found.contains { $0.hasPrefix("3: \(expected)") }, "\(found)")
    }

    @Test(arguments: [
        ("peers: {users: [0]}", "peers: {users: [root]}", "callers.b.peers.users: has the same user as a: 0"),
        (
            "certificates: ['CN=x,O=y']", "certificates: ['cn=x, o=y']",
            "callers.b.certificates: has the same certificate as a"
        ),
        ("keys: [{sha256: D}]", "key_sha256: D", "callers.b.key_sha256: has the same key as a"),
    ])
    func `nothing stands for two callers`(first: String, second: String, expected: String) {
        let yaml = "  a: {\(first), may: [send]}\n  b: {\(second), may: [send]}"
        #expect(problems(yaml.replacing(" D", with: " " + CallersReaderTests.digest)) == ["4: " + expected])
    }

    @Test func `with a callers file nobody is local`() throws {
        let yaml = CallersReaderTests.apps + "callers_file: /nowhere\nlisten: ['0.0.0.0:80']"
        let configuration = try ConfigurationReader.read(yaml: yaml)
        #expect(configuration.localApp == nil && configuration.callersFile == "/nowhere")
    }
}
