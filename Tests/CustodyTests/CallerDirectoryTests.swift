import Custody
import Messaging
import Testing

@Suite struct CallerDirectoryTests {
    private let billing = CallerName("billing")!
    private let key = Secret("dgw_right")

    private func entry(_ name: String = "billing", _ keys: [CallerKeyEntry] = []) -> CallerEntry {
        CallerEntry(name: CallerName(name)!, app: AppName("shop")!, permissions: [.send], keys: keys)
    }

    private func directory(_ entries: [CallerEntry], succeeding other: CallerDirectory? = nil) -> CallerDirectory {
        CallerDirectory(entries, succeeding: other) { 0 }
    }

    /// What became of it, in a word.
    private func recognised(_ directory: CallerDirectory, _ credentials: CallerCredentials, at time: Int64 = 0)
        -> String
    {
        switch directory.recognition(of: credentials, at: time) {
        case .known(let caller, _): "\(caller.name) by \(caller.evidence)"
        case .expired(let caller): "expired \(caller.name)"
        case .elsewhere(let caller): "elsewhere \(caller.name)"
        case .unknown: "unknown"
        }
    }

    @Test func `a caller is known by its keys and by no other`() {
        let other = Secret("dgw_other")
        let directory = directory([
            entry("billing", [.init(digest: CallerKeyDigest(of: key)), .init(digest: CallerKeyDigest(of: other))])
        ])
        for good in [key, other] { #expect(recognised(directory, .init(key: good)) == "billing by key") }
        for bad in ["dgw_righT", "", CallerKeyDigest(of: key).hexadecimal] {
            #expect(recognised(directory, .init(key: Secret(bad))) == "unknown")
        }
        #expect(recognised(directory, .init(key: nil)) == "unknown")
    }

    @Test func `a key is refused from its expiry on`() {
        let directory = directory([entry("billing", [.init(digest: CallerKeyDigest(of: key), expires: 100)])])
        #expect(recognised(directory, .init(key: key), at: 99) == "billing by key")
        #expect(recognised(directory, .init(key: key), at: 100) == "expired billing")
    }

    @Test func `a key that is shown counts, also where the peer would be known`() {
        var known = entry("billing", [.init(digest: CallerKeyDigest(of: key))])
        known.userIDs = [1001]
        known.certificates = [CertificateName("CN=billing")!]
        let directory = directory([known, entry("support", [.init(digest: CallerKeyDigest(of: Secret("s")))])])
        let names = [CertificateName("CN=billing")!]
        #expect(recognised(directory, .init(key: nil, userID: 1001)) == "billing by peer")
        #expect(recognised(directory, .init(key: nil, userID: 1002)) == "unknown")
        #expect(recognised(directory, .init(key: nil, certificateNames: names)) == "billing by certificate")
        #expect(recognised(directory, .init(key: Secret("x"), userID: 1001, certificateNames: names)) == "unknown")
        #expect(recognised(directory, .init(key: Secret("s"), userID: 1001)) == "support by key")
    }

    @Test func `a certificate with the names of two callers is nobody's`() {
        var (one, two) = (entry("one"), entry("two"))
        one.certificates = [CertificateName("dns:one.internal")!, CertificateName("CN=one")!]
        two.certificates = [CertificateName("dns:two.internal")!]
        let directory = directory([one, two])
        let names = ["CN=one", "dns:ONE.internal", "dns:two.internal"].map { CertificateName($0)! }
        #expect(recognised(directory, .init(key: nil, certificateNames: Array(names[..<2]))) == "one by certificate")
        #expect(recognised(directory, .init(key: nil, certificateNames: names)) == "unknown")
    }

    @Test func `a caller calls from its addresses and from Unix sockets`() {
        var known = entry("billing", [.init(digest: CallerKeyDigest(of: key))])
        known.addresses = [AddressRange("10.0.0.0/8")!, AddressRange("fd00::/8")!]
        let directory = directory([known])
        for address in ["10.255.0.1", "::ffff:10.0.0.1", "fd12::1"] {
            #expect(recognised(directory, .init(key: key, address: address)) == "billing by key")
        }
        for address in ["11.0.0.1", "fe80::1", "::1", "nonsense", "::10.0.0.1"] {
            #expect(recognised(directory, .init(key: key, address: address)) == "elsewhere billing")
        }
        #expect(recognised(directory, .init(key: key)) == "billing by key")
    }

    @Test func `without callers everybody is one caller, whatever they show`() {
        let local = entry("local").caller(knownBy: .local)
        let directory = CallerDirectory(everybodyIs: local)
        #expect(directory.admitsEverybody)
        #expect(recognised(directory, .init(key: nil)) == "local by local")
        #expect(recognised(directory, .init(key: Secret("anything"))) == "local by local")
    }

    @Test func `a directory without entries admits nobody`() {
        #expect(recognised(directory([]), .init(key: Secret(""))) == "unknown")
        #expect(!directory([]).admitsEverybody)
    }

    @Test func `uses are those of admitted calls, and outlive a reload`() {
        let digest = CallerKeyDigest(of: key)
        let first = directory([entry("billing", [.init(digest: digest, expires: 50)]), entry("support")])
        #expect(first.uses == CallerUses())
        _ = first.recognition(of: .init(key: key), at: 40)
        _ = first.recognition(of: .init(key: key), at: 60)
        _ = first.recognition(of: .init(key: Secret("x")), at: 70)
        let second = directory([entry("billing", [.init(digest: digest)])], succeeding: first)
        #expect(second.uses.keys == [digest: 40])
        #expect(second.uses.callers == [billing: 40])
        _ = second.recognition(of: .init(key: key), at: 80)
        #expect(second.uses.callers == [billing: 80])
    }

    @Test func `a reload gives a caller no new calls`() {
        var known = entry("billing", [.init(digest: CallerKeyDigest(of: key))])
        known.rate = CallerRate(perMinute: 2)
        known.maximumInFlight = 5
        func begin(_ directory: CallerDirectory) -> ProblemKind? {
            guard case .known(_, let meter?) = directory.recognition(of: .init(key: key), at: 0) else {
                return .internal
            }
            do throws(Problem) {
                try meter.begin()
                return nil
            } catch {
                return error.kind
            }
        }
        let first = directory([known])
        #expect(begin(first) == nil)
        let second = directory([known], succeeding: first)
        #expect(begin(second) == nil)
        #expect(begin(second) == .callerLimit)
        known.rate = nil
        known.maximumInFlight = 2
        let third = directory([known], succeeding: second)
        #expect(begin(third) == .callerLimit)
        guard case .known(_, let meter?) = first.recognition(of: .init(key: key), at: 0) else {
            Issue.record("no meter")
            return
        }
        meter.end()
        #expect(begin(third) == nil)
    }

    @Test func `a digest is the SHA-256 that other programs compute`() {
        // FIPS 180-2, appendix B.1.
        let digest = CallerKeyDigest(of: Secret("abc"))
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(digest.hexadecimal == expected)
        #expect(CallerKeyDigest(hexadecimal: expected.uppercased()) == digest)
        #expect(CallerKeyDigest(hexadecimal: String(expected.dropLast())) == nil)
        #expect(CallerKeyDigest(hexadecimal: expected + "00") == nil)
        #expect(CallerKeyDigest(hexadecimal: "g" + expected.dropFirst()) == nil)
    }

    @Test func `a made key has 256 random bits behind a prefix and fits a header`() {
        var generator = SystemRandomNumberGenerator()
        let keys = (0..<100).map { _ in CallerKey.make(using: &generator).withExposedText { $0 } }
        #expect(Set(keys).count == 100)
        for key in keys {
            #expect(key.hasPrefix("dgw_"))
            #expect(key.utf8.count == 4 + 43)
            #expect(key.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) })
        }
    }
}
