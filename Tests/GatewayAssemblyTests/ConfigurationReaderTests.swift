import Custody
import DivarAPI
import Foundation
import GatewayAssembly
import HTTPWire
import InternalAPI
import Messaging
import NIOCore
import Testing

@Suite struct ConfigurationReaderTests {
    private let digest = String(repeating: "ab", count: 32)

    private func read(_ yaml: String) throws -> Configuration {
        try ConfigurationReader.read(yaml: yaml)
    }

    /// The problems of a text, one a line, as `check` prints them.
    private func problems(_ yaml: String) -> [String] {
        do {
            _ = try ConfigurationReader.read(yaml: yaml)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    private let minimal = "apps: {default: {keys: [{env: KEY}]}}"

    @Test func `the shipped file is valid and says nothing but the defaults`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        var shipped = try ConfigurationFile.read(path: root.appending(path: "config/divar-gateway.yaml").path())
        var defaults = try read("apps: {default: {keys: [{env: DIVAR_API_KEY}]}}")
        shipped.lines = [:]
        defaults.lines = [:]
        // What is written there differs: the shipped file writes all of it.
        shipped.values = defaults.values
        #expect("\(shipped)" == "\(defaults)")
    }

    @Test func `the shipped file carries every key that is known`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "config/divar-gateway.yaml"), encoding: .utf8)
        // An unknown key in each mapping makes the reader list the keys that it knows there.
        let probe = """
            x: 1
            endpoints: {x: 1}
            upstream: {x: 1}
            limits: {x: 1}
            log: {x: 1}
            overload: {x: 1, breaker: {x: 1}}
            queue: {x: 1}
            reconcile: {x: 1}
            admin: {x: 1, keys: {a: {key_sha256: "\(digest)", may: [look], x: 1}}}
            journal: {x: 1}
            audit: {x: 1, retention: {x: 1}}
            cache: {x: 1}
            events: {x: 1}
            oauth: {x: 1}
            idempotency: {x: 1}
            apps: {default: {keys: [{env: K}], quota: {x: 1}, x: 1}}
            callers:
              a:
                key_sha256: "\(digest)"
                keys: [{x: 1}]
                may: [send]
                quota: {x: 1}
                rate: {x: 1}
                links: {x: 1}
                peers: {x: 1}
                x: 1
            """
        let listed = problems(probe).compactMap { problem in
            problem.firstRange(of: "known are: ").map { problem[$0.upperBound...].dropLast() }
        }
        #expect(listed.count == 26)
        for key in listed.flatMap({ $0.split(separator: ", ") }) {
            #expect(text.contains("\(key):"), "\(key) is not in the shipped file")
        }
    }

    @Test func `without callers everybody on this machine is local`() throws {
        let configuration = try read(minimal)
        #expect(configuration.localApp?.text == "default")
        #expect(configuration.listen == [Listener(.tcp(host: "127.0.0.1", port: 8080))])
        #expect(configuration.contract == .august2026)
    }

    @Test(arguments: ["0.0.0.0:80", "[::]:80", "192.168.1.5:80", "gateway.internal:80"])
    func `an address that others can reach needs callers`(address: String) throws {
        let listening = "listen: ['\(address)']\n\(minimal)"
        #expect(problems(listening).count == 1)
        #expect(problems(listening).first?.contains("no callers are configured") == true)
        #expect(problems(listening + "\ncallers: {a: {key_sha256: \(digest), may: [send]}}").isEmpty)
    }

    @Test func `a caller has its key, its app and what it may`() throws {
        let configuration = try read(
            """
            apps:
              one: {keys: [{env: A}]}
              two: {keys: [{file: /b}, {env: C}]}
            callers:
              billing: {key_sha256: "\(digest)", app: two, may: [send, read]}
            """
        )
        #expect(configuration.localApp == nil)
        #expect(configuration.callers.first?.app.text == "two")
        #expect(configuration.callers.first?.permissions == [.send, .read])
        #expect(configuration.apps[AppName("two")!]?.map(\.source) == [.file(path: "/b"), .environment(variable: "C")])
    }

    @Test func `all problems come at once, each with its line`() {
        let found = problems(
            """
            listn: [127.0.0.1:1]
            contract: "2027-01"
            upstream:
              base_url: http://open-api.divar.ir
              deadline: 10
              connections_per_loop: many
            apps:
              default: {keys: [{fil: x}]}
            limits:
              header_fields: 9999
            callers:
              "bad name": {key_sha256: zz, may: [dance]}
            """
        )
        let lines = found.compactMap { $0.split(separator: ":").first.flatMap { Int($0) } }
        #expect(lines == lines.sorted())
        for line in [1, 2, 4, 5, 6, 8, 10, 12] { #expect(lines.contains(line), "nothing about line \(line): \(found)") }
    }

    @Test(arguments: [
        ("a: [", "is not YAML"), ("apps: 5", "must be a mapping"), ("- x", "must be a mapping"),
        ("a: 1\na: 2", "the same key twice"), ("", "must name at least one app"),
        ("apps: {default: {}}", "at least one source"),
        ("apps: {default: {keys: [{env: A, file: B}]}}", "must be one of {file: PATH}, {env: NAME}"),
        ("apps: {a: {keys: [{env: A}]}, b: {keys: [{env: B}]}}", "several apps"),
    ])
    func `a wrong file is told what is wrong`(yaml: String, expected: String) {
        #expect(problems(yaml).contains { $0.contains(expected) }, "\(problems(yaml))")
    }

    @Test func `two callers can not have the same key`() {
        let yaml =
            minimal + """

                callers:
                  a: {key_sha256: "\(digest)", may: [send]}
                  b: {key_sha256: "\(digest)", may: [send]}
                """
        #expect(problems(yaml) == ["4: callers.b.key_sha256: has the same key as a"])
    }

    @Test func `an endpoint that the contract lacks can not be preferred`() throws {
        let preferring = "endpoints: {prefer: [experimental.bot.user]}\n\(minimal)"
        #expect(problems(preferring).first?.contains("not an endpoint of the contract 2026-08") == true)
        #expect(
            try read("contract: '2025-12'\n" + preferring).preferredEndpoints.map(\.text) == ["experimental.bot.user"])
    }

    @Test(arguments: [
        "http://open-api.divar.ir", "https://user@open-api.divar.ir", "https://open-api.divar.ir/path",
        "open-api.divar.ir", "ftp://x", "https://", "https://x:0", "https://x y",
    ])
    func `a base URL is scheme, host and port, and https unless it is this machine`(url: String) {
        #expect(problems("upstream: {base_url: '\(url)'}\n\(minimal)").count == 1)
    }

    @Test func `times and sizes are read with their units`() throws {
        let configuration = try read(
            """
            upstream: {deadline: 1500ms, answer_bytes: 1MiB}
            drain: 2m
            limits: {body: 2048, idle: 1h}
            \(minimal)
            """
        )
        #expect(configuration.upstream.deadline == .milliseconds(1500))
        #expect(configuration.upstream.limits.answerBytes == 1_048_576)
        #expect(configuration.drain == .seconds(120))
        #expect(configuration.messageLimits.bodyBytes == 2048)
        #expect(configuration.serverLimits.idle == .hours(1))
    }

    @Test func `a key that is not there is told, and what was found is not`() throws {
        let configuration = try read(minimal)
        #expect(throws: ConfigurationError.self) { try KeyResolver.keys(of: configuration, environment: [:]) }
        let trusting = try read("upstream: {ca_file: /nonexistent}\n" + minimal)
        do {
            _ = try ConfigurationCheck.resolve(trusting, environment: [:])
            Issue.record("neither the key nor the certificates are there")
        } catch {
            #expect(error.problems.map(\.line) == [1, 2])
        }
        do {
            _ = try KeyResolver.keys(of: configuration, environment: ["KEY": "has a space"])
            Issue.record("a key with a space was taken")
        } catch {
            #expect(!error.description.contains("has a space"))
        }
    }

    @Test func `an enrolment shows the key that its digest belongs to`() throws {
        let enrolment = try #require(CallerEnrolment(name: "billing", app: nil, permissions: ["send"]))
        let configuration = try read(minimal + "\ncallers:\n" + enrolment.configurationEntry)
        let caller = try #require(configuration.callers.first)
        #expect(caller.name.text == "billing")
        #expect(caller.keys.map(\.digest) == [CallerKeyDigest(of: Secret(enrolment.key))])
        #expect(CallerEnrolment(name: "bad name", app: nil, permissions: ["send"]) == nil)
        #expect(CallerEnrolment(name: "a", app: nil, permissions: ["dance"]) == nil)
    }
}
