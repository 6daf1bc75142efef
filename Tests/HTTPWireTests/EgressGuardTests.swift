import HTTPWire
import Messaging
import Testing

/// Which addresses an upstream's host may lead to.
@Suite struct EgressGuardTests {
    private func guarded(_ url: String, _ allowed: [String] = []) throws -> EgressGuard {
        EgressGuard(for: try #require(Origin(url)), allowing: try allowed.map { try #require(AddressRange($0)) })
    }

    private func refuses(_ egress: EgressGuard, _ address: String) throws -> Bool {
        egress.refusal(of: try #require(IPAddress(address))) != nil
    }

    @Test func `a name may lead to the public Internet and nowhere else`() throws {
        let egress = try guarded("https://open-api.divar.ir")
        #expect(try !refuses(egress, "185.143.233.1"))
        #expect(try !refuses(egress, "2a00::1"))
        for address in ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1", "64:ff9b::10.0.0.1", "0.0.0.0"] {
            #expect(try refuses(egress, address), "\(address)")
        }
    }

    @Test func `what the configuration names may be called, in that form only`() throws {
        let egress = try guarded("https://divar.example", ["10.1.0.0/16", "fd00::/8"])
        #expect(try !refuses(egress, "10.1.2.3"))
        #expect(try !refuses(egress, "::ffff:10.1.2.3"))
        #expect(try !refuses(egress, "fd00::1"))
        #expect(try refuses(egress, "10.2.0.1"))
        #expect(try refuses(egress, "127.0.0.1"))
        #expect(try refuses(egress, "64:ff9b::10.1.2.3"))
    }

    @Test func `a host that is an address names itself, and localhost this machine`() throws {
        #expect(try !refuses(guarded("http://127.0.0.1:80"), "127.0.0.1"))
        #expect(try refuses(guarded("http://127.0.0.1:80"), "127.0.0.2"))
        #expect(try !refuses(guarded("https://10.1.2.3"), "10.1.2.3"))
        #expect(try !refuses(guarded("https://[::1]"), "::1"))
        for address in ["127.0.0.1", "127.1.2.3", "::1"] {
            #expect(try !refuses(guarded("https://LOCALHOST:1"), address))
        }
        #expect(try refuses(guarded("https://localhost"), "10.0.0.1"))
        #expect(try refuses(guarded("https://localhost.example"), "127.0.0.1"))
    }

    @Test func `a refusal says which address it is and what that is for`() throws {
        let refused = try guarded("https://a.example").refusal(of: IPAddress("169.254.169.254")!)
        #expect(refused?.description == "169.254.169.254 (link-local)")
    }

    @Test func `a pool connects to nothing that its guard refuses`() async throws {
        try await ScriptedServer.run { server in
            let origin = try #require(Origin("http://localhost:\(server.port)"))
            let elsewhere = try guarded("https://elsewhere.example")
            try await PoolHarness.run(origin: origin, egress: elsewhere) { pool in
                for _ in 0..<3 {
                    let failure = try #require(try await pool.call().failure)
                    #expect(!failure.requestStarted)
                    guard case .addressRefused(let refused) = failure.reason else {
                        Issue.record("\(failure)")
                        continue
                    }
                    #expect(refused.purpose == .loopback)
                }
                try await pool.waitForConnections(0)
            }
            #expect(server.log.events.isEmpty)
        }
    }

    @Test func `a pool connects to what its guard admits, by name and by address`() async throws {
        try await ScriptedServer.run { server in
            for host in ["localhost", "127.0.0.1"] {
                let origin = try #require(Origin("http://\(host):\(server.port)"))
                try await PoolHarness.run(origin: origin, egress: EgressGuard(for: origin)) { pool in
                    let text = try await pool.call().text
                    #expect(text == "fine")
                }
            }
        }
    }

    @Test func `a name that nobody knows is not known behind a guard either`() async throws {
        let origin = try #require(Origin("http://no-such-host.invalid"))
        try await PoolHarness.run(origin: origin, egress: EgressGuard(for: origin)) { pool in
            let failure = try await pool.call().failure
            #expect(failure == UpstreamFailure(.nameLookup, requestStarted: false))
        }
    }
}
