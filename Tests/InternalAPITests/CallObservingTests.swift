import Messaging
import NIOCore
import Testing

@testable import HTTPWire
@testable import InternalAPI

/// What is told of calls at their ends.
@Suite struct CallObservingTests {
    private final class Witness: CallObserving {
        var ends: [CallEnd] = []
        var refused: [ProblemKind] = []

        func ended(_ end: CallEnd) { ends.append(end) }
        func refused(_ kind: ProblemKind, from peer: Peer) { refused.append(kind) }
    }

    private let witness = Witness()
    private let rig: ResponderRig
    private static let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    init() {
        rig = ResponderRig(observer: witness)
    }

    @Test func `an answered send is told of once, with what is known of it`() throws {
        let response = rig.answer("POST", "/send", [.traceparent: Self.trace], body: rig.message)
        let end = try #require(witness.ends.first)
        #expect(witness.ends.count == 1)
        #expect((end.operation, end.method, end.status) == ("send", "POST", 200))
        #expect(end.bytes == response.content.readableBytes)
        #expect(end.facts.caller?.text == "billing")
        #expect((end.facts.outcome, end.facts.attempts) == (.sent, 1))
        #expect(end.facts.endpoint?.text == "e")
        #expect(end.facts.trace?.traceID == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(response.fields.contains { $0 == ("X-Request-Id", end.requestID) })
    }

    @Test func `a failure is told of with its problem and the outcome`() throws {
        var problem = Problem(.divarTimeout, detail: "d", outcome: .unknown)
        problem.attempts = 3
        let rig = ResponderRig(failure: problem, observer: witness)
        _ = rig.answer("POST", "/send", body: rig.message)
        let facts = try #require(witness.ends.first).facts
        #expect((facts.problem, facts.outcome, facts.attempts) == (.divarTimeout, .unknown, 3))
    }

    @Test func `a message that waits is queued and has no outcome`() throws {
        _ = rig.answer("POST", "/send", [.prefer: "respond-async"], body: rig.message)
        let end = try #require(witness.ends.first)
        #expect(end.facts.isQueued && end.facts.outcome == nil && end.facts.message != nil && end.status == 202)
    }

    @Test(arguments: [
        ("GET", "/nowhere", "none", ProblemKind.noSuchResource),
        ("PUT", "/send", "send", .methodNotAllowed),
        ("GET", "/conversations/a%20b", "read", .invalidRequest),
        ("GET", "/messages/x", "message", .noSuchResource),
    ])
    func `a call that is refused by its head is told of`(
        method: String, path: String, operation: String, kind: ProblemKind
    ) throws {
        let response = rig.answer(method, path)
        let end = try #require(witness.ends.first)
        #expect(witness.ends.count == 1)
        #expect((end.operation, end.status, end.facts.problem) == (operation, kind.status, kind))
        #expect(response.fields.contains { $0 == ("X-Request-Id", end.requestID) })
    }

    @Test func `a body that the wire refuses ends the call`() throws {
        let head = rig.head("POST", "/send", [.authorization: "Bearer key", .contentType: "application/json"])
        guard case .accept(_, let refused, _) = rig.responder.admit(head, from: .unixSocket) else {
            Issue.record("it was refused")
            return
        }
        refused?(.bodyTooLarge(limit: 1))
        let end = try #require(witness.ends.first)
        #expect((end.status, end.facts.problem) == (413, .bodyTooLarge))
        #expect(witness.ends.count == 1)
    }

    @Test func `a call that nobody can answer any more is told of without a status`() throws {
        let head = rig.head("POST", "/send", [.authorization: "Bearer key", .contentType: "application/json"])
        var admission: Admission? = rig.responder.admit(head, from: .unixSocket)
        #expect(witness.ends.isEmpty)
        admission = nil
        _ = admission
        let end = try #require(witness.ends.first)
        #expect(end.status == nil && witness.ends.count == 1)
    }

    @Test func `each call has a number of its own`() {
        for _ in 0..<100 { _ = rig.answer("GET", "/health/live") }
        #expect(Set(witness.ends.map(\.requestID)).count == 100)
        #expect(witness.ends.allSatisfy { $0.isProbe && $0.requestID.utf8.count == 16 })
    }

    @Test func `what never was a request is told of apart`() {
        rig.responder.refused(.malformed, from: .unixSocket)
        #expect(witness.refused == [Problem(.malformed as ProtocolViolation).kind] && witness.ends.isEmpty)
    }
}
