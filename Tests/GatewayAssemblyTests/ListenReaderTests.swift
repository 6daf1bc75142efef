@testable import GatewayAssembly
import HTTPWire
import Messaging
import Testing

/// Reading `listen` and `upstream.allow_addresses`, and what is said of certificates that end.
@Suite struct ListenReaderTests {
    private static let apps = "apps: {default: {keys: [{env: K}]}}"

    private func read(_ yaml: String) throws -> Configuration {
        try ConfigurationReader.read(yaml: yaml + "\n" + ListenReaderTests.apps)
    }

    private func problems(_ yaml: String) -> [String] {
        do {
            _ = try read(yaml)
            return []
        } catch {
            return (error as? ConfigurationError)?.problems.map(\.description) ?? ["\(error)"]
        }
    }

    @Test func `addresses may stand alone or with their TLS`() throws {
        let configuration = try read(
            """
            listen:
              - 127.0.0.1:1
              - unix:/run/api.sock
              - {address: 127.0.0.1:2}
              - {address: 127.0.0.1:3, tls: {certificate: /c.pem, key: /c.key}}
              - address: 127.0.0.1:4
                tls: {certificate: /c.pem, key: /c.key, client_ca: /ca.pem}
              - address: 127.0.0.1:5
                tls: {certificate: /c.pem, key: /c.key, client_ca: /ca.pem, client_certificates: optional}
            """
        )
        let tls = configuration.listen.map(\.tls)
        #expect(
            configuration.listen.map(\.address.description).dropFirst(2) == [
                "127.0.0.1:2", "127.0.0.1:3", "127.0.0.1:4", "127.0.0.1:5",
            ])
        #expect(tls[..<3] == [nil, nil, nil])
        #expect(tls[3] == ListenerTLSSettings(certificatePath: "/c.pem", keyPath: "/c.key"))
        #expect(tls[4]?.clientCertificates == .required)
        #expect(tls[4]?.clientAuthorityPath == "/ca.pem")
        #expect(tls[5]?.clientCertificates == .optional)
    }

    @Test(arguments: [
        ("listen: [{tls: {certificate: a, key: b}}]", "1: listen[0]: must have an address"),
        ("listen: [{address: x y}]", "1: listen[0].address: must be an address"),
        ("listen: [x]\n", "1: listen: must be an address"),
        ("listen: [{address: 127.0.0.1:1, port: 2}]", "1: listen[0].port: is not a key"),
        ("listen:\n - {address: 127.0.0.1:1, tls: {certificate: a}}", "2: listen[0].tls: must have both"),
        ("listen: [{address: 127.0.0.1:1, tls: {key: a}}]", "1: listen[0].tls: must have both"),
        ("listen: [{address: 127.0.0.1:1, tls: {}}]", "1: listen[0].tls: must have both"),
        ("listen: [{address: 127.0.0.1:1, tls: x}]", "1: listen[0].tls: must be a mapping"),
        (
            "listen: [{address: 127.0.0.1:1, tls: {certificate: a, key: b, client_certificates: required}}]",
            "1: listen[0].tls.client_ca: must name the authority"
        ),
        (
            "listen: [{address: 127.0.0.1:1, tls: {certificate: a, key: b, client_ca: c, client_certificates: none}}]",
            "1: listen[0].tls.client_ca: is of no use"
        ),
        (
            "listen: [{address: 127.0.0.1:1, tls: {certificate: a, key: b, client_certificates: yes}}]",
            "1: listen[0].tls.client_certificates: must be one of none, optional, required"
        ),
        ("listen: [{address: 'unix:/x', tls: {certificate: a, key: b}}]", "1: listen[0].tls: is for addresses of"),
        ("upstream: {allow_addresses: [10.1.2.3/8]}", "1: upstream.allow_addresses: must be IP addresses"),
        ("upstream: {allow_addresses: [localhost]}", "1: upstream.allow_addresses: must be IP addresses"),
    ])
    func `what can't be meant is said with its place`(_ yaml: String, _ beginning: String) {
        #expect(problems(yaml).contains { $0.hasPrefix(beginning) }, "\(problems(yaml))")
    }

    @Test func `addresses that may be called are read one or several`() throws {
        #expect(try read("").upstream.allowedAddresses.isEmpty)
        let one = try read("upstream: {allow_addresses: 10.0.0.0/8}").upstream.allowedAddresses
        #expect(one.map(\.description) == ["10.0.0.0/8"])
        let two = try read("upstream: {allow_addresses: [127.0.0.1, 'fd00::/8']}").upstream.allowedAddresses
        #expect(two.map(\.description) == ["127.0.0.1", "fd00::/8"])
    }

    @Test func `keys are exposed where others can listen in`() {
        let tls = ListenerTLSSettings(certificatePath: "c", keyPath: "k")
        #expect(Listener(.tcp(host: "0.0.0.0", port: 1)).exposesKeys)
        #expect(!Listener(.tcp(host: "0.0.0.0", port: 1), tls: tls).exposesKeys)
        #expect(!Listener(.tcp(host: "127.0.0.1", port: 1)).exposesKeys)
        #expect(!Listener(.unix(path: "/x")).exposesKeys)
    }

    @Test func `a certificate's end is told two weeks before, and again each day`() {
        let day = 86_400
        #expect(CertificateTerm(expires: 15 * day, now: 0) == .lasting)
        #expect(CertificateTerm(expires: 14 * day, now: 0) == .ending(days: 14))
        #expect(CertificateTerm(expires: day - 1, now: 0) == .ending(days: 0))
        #expect(CertificateTerm(expires: 0, now: 0) == .ended)
        #expect(CertificateTerm(expires: 0, now: 1) == .ended)
        #expect(!CertificateTerm.lasting.isDue(now: 0, warned: nil))
        for term in [CertificateTerm.ended, .ending(days: 3)] {
            #expect(term.isDue(now: 5, warned: nil))
            #expect(!term.isDue(now: day + 4, warned: 5))
            #expect(term.isDue(now: day + 5, warned: 5))
        }
    }
}
