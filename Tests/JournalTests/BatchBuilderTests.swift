import JournalConformance
import Messaging
import StrictJSON
import Testing

@testable import Journal

@Suite struct BatchBuilderTests {
    private let clock = SampleClock()
    private let gateway: SampleGateway

    init() throws {
        gateway = try SampleGateway(InMemoryUnderTest(log: SampleLog.id), clock: clock)
    }

    private var head: LogHead {
        var head = LogHead(log: SampleLog.id)
        for number in 1...5 { _ = head.append(SampleLog.body(log: SampleLog.id, number: number)) }
        return head
    }

    @Test func `records follow the head, in number and in link`() throws {
        var builder = BatchBuilder(from: head, sources: clock.sources)
        #expect(builder.batch.head == head)
        var expected = head
        for number in 6...9 {
            #expect(builder.append(RecordDraft(.read)) == number)
            let record = try #require(builder.batch.records.last)
            #expect(expected.append(record.body) == record)
        }
        #expect(builder.batch.head == expected)
    }

    @Test func `a record says which it is, of which log, from when`() throws {
        var builder = BatchBuilder(from: head, sources: clock.sources)
        for _ in 0..<3 { builder.append(RecordDraft(.refusal)) }
        let views = builder.batch.records.compactMap { RecordView($0.body) }
        #expect(views.map { $0.integer("seq") } == [6, 7, 8])
        #expect(views.allSatisfy { $0.integer("v") == 1 && $0["log"] == SampleLog.id.text && $0["kind"] == "refusal" })
        #expect(Set(views.map { $0["at"] }) == [RFC3339Time.text(unixMicroseconds: clock.nowMicroseconds)])
        let ids = views.compactMap { $0["id"].flatMap { MessageID($0) } }
        #expect(Set(ids).count == 3)
        #expect(ids.allSatisfy { $0.unixMilliseconds == UInt64(clock.nowMicroseconds / 1000) })
    }

    @Test func `every record of many batches has an id of its own`() throws {
        var ids: Set<String?> = []
        for _ in 0..<40 {
            var builder = BatchBuilder(from: head, sources: clock.sources)
            for _ in 0..<25 { builder.append(RecordDraft(.read)) }
            ids.formUnion(builder.batch.records.map { RecordView($0.body)?["id"] })
        }
        #expect(ids.count == 1000)
    }

    @Test func `a body has its members in the order of the documentation`() throws {
        var draft = RecordDraft(.intent)
        draft.message = MessageID(unixMilliseconds: 1, random: (1, 1))
        draft.caller = .local
        (draft.knownBy, draft.peer, draft.app) = ("key", "127.0.0.1", AppName("app"))
        (draft.operation, draft.conversation, draft.user) = ("op", "c", "u")
        (draft.endpoint, draft.traceID) = (EndpointName("e"), "t")
        draft.commitment = Commitment(to: [], key: [UInt8](repeating: 0, count: 32))
        (draft.outcome, draft.reason) = (.unknown, "r")
        (draft.attempts, draft.status, draft.code, draft.latencyMicroseconds) = (1, 2, 3, 4)
        (draft.count, draft.last) = (5, 6)
        let id = MessageID(unixMilliseconds: 2, random: (2, 2))
        let body = draft.body(log: SampleLog.id, number: 7, id: id, at: "now")
        guard case .object(let members) = try JSONParser.parse(body) else { return }
        let names =
            "v log seq id at kind message caller known_by peer app operation conversation user endpoint trace commitment "
            + "outcome reason attempts status code latency_us count last"
        #expect(members.map(\.name).joined(separator: " ") == names)
        #expect(JSONWriter.bytes(.object(members)) == body)
        // The two ways to make a body make the same one.
        #expect(RecordTail(draft).body(log: SampleLog.id, number: 7, id: id, at: "now") == body)
        let least = RecordDraft(.read).body(log: SampleLog.id, number: 1, id: id, at: "now")
        #expect(
            String(decoding: least, as: UTF8.self)
                == #"{"v":1,"log":"\#(SampleLog.id)","seq":1,"id":"\#(id)","at":"now","kind":"read"}"#)
    }

    @Test func `an intent opens its message and takes its key`() throws {
        let intent = try gateway.intent("text", to: "c1", by: "shop", key: "k")
        var builder = BatchBuilder(from: head, sources: clock.sources)
        builder.append(RecordDraft(.read))
        builder.open(intent)
        let opened = try #require(builder.batch.opened.first)
        #expect(opened.message == intent.message)
        #expect(opened.intent == 7)
        #expect(opened.caller.text == "shop")
        #expect(opened.conversation == "c1")
        #expect(opened.user == nil)
        #expect(opened.sealed == intent.sealed)
        let claim = try #require(builder.batch.claims.first)
        #expect(claim.name == (try Samples.claimName("k")))
        #expect(claim.message == intent.message)
        #expect(claim.expires == intent.claim?.expires)
        let view = RecordView(builder.batch.records[1].body)
        #expect(view?["message"] == intent.message.description)
        let commitment = try #require(view?["commitment"].flatMap { Commitment(hexadecimal: $0) })
        let key = try #require(intent.sealed?.key)
        #expect(commitment.holds(for: Array(#"{"text":"text"}"#.utf8), key: key))
        // Nothing of the content is in the record.
        #expect(!String(decoding: builder.batch.records[1].body, as: UTF8.self).contains("\"text\""))
    }

    @Test func `an upload has neither key nor commitment`() throws {
        var builder = BatchBuilder(from: head, sources: clock.sources)
        builder.open(gateway.upload())
        #expect(builder.batch.opened[0].sealed == nil)
        #expect(builder.batch.claims.isEmpty)
        #expect(RecordView(builder.batch.records[0].body)?["commitment"] == nil)
    }

    @Test func `an outcome closes its message`() throws {
        let message = clock.makeID()
        var builder = BatchBuilder(from: head, sources: clock.sources)
        builder.close(OutcomeSubmission(SampleGateway.outcome(.sent, conversation: "c"), of: message, answer: [1]))
        builder.close(message, as: .unknown, reason: .crash)
        #expect(
            builder.batch.closed == [
                ClosedMessage(message: message, outcome: 6, conversation: "c", answer: [1]),
                ClosedMessage(message: message, outcome: 7),
            ])
        let views = builder.batch.records.map { RecordView($0.body) }
        #expect(views.map { $0?["message"] } == [message.description, message.description])
        #expect(views.map { $0?["outcome"] } == ["sent", "unknown"])
        #expect(views.map { $0?["reason"] } == [nil, "crash"])
    }

    @Test func `a checkpoint covers all that is in the batch`() throws {
        var builder = BatchBuilder(from: head, sources: clock.sources)
        builder.append(RecordDraft(.read))
        try builder.sign(with: gateway.signer, atMicroseconds: 42)
        let checkpoint = try #require(builder.batch.checkpoint)
        #expect(checkpoint.size == 6)
        #expect(checkpoint.at == 42)
        #expect(checkpoint.head == builder.batch.head)
        #expect(SignedNote(checkpoint.note)?.isSigned(by: gateway.signer.verifierKey) == true)
    }
}
