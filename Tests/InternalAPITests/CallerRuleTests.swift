import HTTPWire
import Messaging
import StrictJSON
import Synchronization
import Testing

@testable import HTTPWire
@testable import InternalAPI

/// What the front door makes of who calls, and of what that caller may.
@Suite struct CallerRuleTests {
    private static func caller(_ change: (inout Caller) -> Void = { _ in }) -> Caller {
        var caller = Caller(name: CallerName("billing")!, app: AppName("default")!, permissions: [.send, .read])
        change(&caller)
        return caller
    }

    private func kind(_ response: Response) throws -> String? {
        let type = try JSONParser.parse(response.body)["type"]?.stringValue
        return type?.split(separator: ":").last.map(String.init)
    }

    private func send(_ rig: ResponderRig, _ members: String = "", token: Bool = false) -> Response {
        let fields: [FieldName: String] = token ? [.accessToken: "t"] : [:]
        return rig.answer("POST", "/send", fields, body: #"{"conversation_id":"c","text":"t"\#(members)}"#)
    }

    private func button(_ link: String) -> String {
        #","buttons":[[{"caption":"x","open_post":"p"},{"caption":"x","open_url":"\#(link)"}]]"#
    }

    @Test func `an expired key and a foreign address have problems of their own`() throws {
        let expired = ResponderRig(callers: FixedRecognition { _ in .expired(CallerRuleTests.caller()) })
        #expect(try kind(send(expired)) == "unauthenticated")
        let elsewhere = ResponderRig(callers: FixedRecognition { _ in .elsewhere(CallerRuleTests.caller()) })
        #expect(try kind(send(elsewhere)) == "not-allowed")
        #expect(try JSONParser.parse(send(elsewhere).body)["outcome"]?.stringValue == "not_sent")
    }

    @Test func `what the connection knows is shown, and the certificate only without a key`() {
        let seen = Mutex<[CallerCredentials]>([])
        let rig = ResponderRig(
            callers: FixedRecognition { credentials in
                seen.withLock { $0.append(credentials) }
                return .unknown
            })
        var peer = Peer.tcp(host: "192.0.2.7", port: 5)
        peer.certificate = PeerCertificate(
            subject: "CN=billing,O=Acme", dnsNames: ["Billing.internal", "*.internal"], uris: ["spiffe://a/b"])
        var socket = Peer.unixSocket
        socket.userID = 1001
        for peer in [peer, socket] { _ = rig.responder.admit(rig.head("GET", "/conversations/c", [:]), from: peer) }
        _ = rig.responder.admit(rig.head("GET", "/conversations/c"), from: peer)
        let shown = seen.withLock { $0 }
        let names = ["CN=billing,O=Acme", "dns:billing.internal", "uri:spiffe://a/b"].map { CertificateName($0)! }
        #expect(shown.map(\.certificateNames) == [names, [], []])
        #expect(shown.map(\.userID) == [nil, 1001, nil])
        #expect(shown.map(\.address) == ["192.0.2.7", nil, "192.0.2.7"])
        #expect(shown.map(\.key) == [nil, nil, Secret("key")])
    }

    @Test func `a caller sends as those that it may`() throws {
        let bot = ResponderRig(
            callers: FixedRecognition { _ in .known(CallerRuleTests.caller { $0.senders = [.bot] }) })
        #expect(send(bot).status == 200)
        let refused = send(bot, token: true)
        #expect(try kind(refused) == "not-allowed")
        #expect(try JSONParser.parse(refused.body)["outcome"]?.stringValue == "not_sent")
        #expect(send(bot, #","as":"bot""#, token: true).status == 200)
        let user = ResponderRig(
            callers: FixedRecognition { _ in .known(CallerRuleTests.caller { $0.senders = [.user] }) })
        #expect(try kind(send(user)) == "not-allowed")
        #expect(send(user, token: true).status == 200)
    }

    @Test func `links elsewhere are refused with their places, or reported`() throws {
        let reports = Mutex<[[String]]>([])
        for isEnforced in [true, false] {
            let policy = LinkPolicy(
                hosts: [HostPattern("acme.ir")!, HostPattern("*.acme.ir")!], isEnforced: isEnforced)
            let rig = ResponderRig(
                callers: FixedRecognition { _ in .known(CallerRuleTests.caller { $0.links = policy }) },
                reportForeignLinks: { _, hosts in reports.withLock { $0.append(hosts) } }
            )
            for link in ["https://acme.ir", "HTTP://ACME.IR:8443/?x=evil.com#@evil.com", "http://a.acme.ir./"] {
                #expect(send(rig, button(link)).status == 200, "\(link)")
            }
            for link in [
                "https://evil.com/acme.ir", "https://acme.ir.evil.com", "https://evil.com#.acme.ir",
                "https://evil.com?.acme.ir",
                "https://evilacme.ir", "https://[::1]/", "https://ａｃｍｅ.ir", "https://%61cme.ir",
                "https://acme.ir%00.evil.com",
            ] {
                let answer = send(rig, button(link))
                guard isEnforced else {
                    #expect(answer.status == 200, "\(link)")
                    continue
                }
                let body = try JSONParser.parse(answer.body)
                #expect(try kind(answer) == "invalid-request", "\(link)")
                #expect(body["errors"]?.arrayValue?.first?["pointer"]?.stringValue == "/buttons/0/1/open_url")
                #expect(body["outcome"]?.stringValue == "not_sent")
            }
        }
        #expect(reports.withLock { $0.count } == 9)
        #expect(reports.withLock { $0.first } == ["evil.com"])
    }

    @Test func `a call holds its place until it is answered, refused or forgotten`() throws {
        let meter = CountingMeter()
        let rig = ResponderRig(callers: FixedRecognition { _ in .known(CallerRuleTests.caller(), meter: meter) })
        #expect(send(rig).status == 200)
        #expect(meter.counts == [1, 1])
        // Refused after the caller was known: by what it may, by its head, by its body.
        #expect(rig.answer("POST", "/upload-token").status == 403)
        #expect(meter.counts == [1, 1])
        #expect(rig.answer("GET", "/conversations/c", [.requestTimeout: "x"]).status == 400)
        #expect(send(rig, #","x":1"#).status == 400)
        #expect(meter.counts == [3, 3])
        // A body that never comes, and one that the wire refuses.
        do {
            let fields: [FieldName: String] = [.authorization: "Bearer key", .accessToken: "t"]
            let admission = rig.responder.admit(rig.head("GET", "/conversations/c", fields), from: .unixSocket)
            #expect(meter.counts == [4, 3])
            withExtendedLifetime(admission) {}
        }
        #expect(meter.counts == [4, 4])
        let head = rig.head("POST", "/send", [.authorization: "Bearer key", .contentType: "application/json"])
        let admission = rig.responder.admit(head, from: .unixSocket)
        if case .accept(_, let refused?, _) = admission { refused(.bodyTooLarge(limit: 1)) }
        #expect(meter.counts == [5, 5])
        meter.isFull = true
        #expect(try kind(send(rig)) == "caller-limit")
        #expect(meter.counts == [5, 5])
    }
}

private struct FixedRecognition: CallerAuthenticating {
    let recognise: @Sendable (CallerCredentials) -> CallerRecognition

    func recognition(of credentials: CallerCredentials) -> CallerRecognition {
        recognise(credentials)
    }
}

private final class CountingMeter: CallMetering {
    private let state = Mutex((begun: 0, ended: 0, isFull: false))

    var counts: [Int] { state.withLock { [$0.begun, $0.ended] } }
    var isFull: Bool {
        get { state.withLock { $0.isFull } }
        set { state.withLock { $0.isFull = newValue } }
    }

    func begin() throws(Problem) {
        guard !isFull else { throw Problem(.callerLimit, detail: "d", retryAfterSeconds: 1) }
        state.withLock { $0.begun += 1 }
    }

    func end() {
        state.withLock { $0.ended += 1 }
    }
}
