import Messaging
import Testing

@testable import Journal

@Suite struct StoredAnswerTests {
    private let message = MessageID(unixMilliseconds: 1, random: (1, 1))

    private func kept(
        _ result: Result<SendReceipt, Problem>,
        of text: String = "the text that was sent"
    ) throws -> Result<SendReceipt, Problem>? {
        let draft = MessageDraft(
            target: .conversation(try #require(ConversationID("c"))), sender: .bot, content: .text(text))
        return StoredAnswer.result(StoredAnswer.bytes(result, to: draft), of: message)
    }

    @Test(arguments: ["conversation", nil])
    func `a receipt is read back as it was`(conversation: String?) throws {
        let receipt = SendReceipt(
            messageID: message, conversation: conversation, endpoint: EndpointName("v1.bot.user"), attempts: 2)
        #expect(try kept(.success(receipt)) == .success(receipt))
    }

    @Test(arguments: ProblemKind.allCases)
    func `a problem is read back as it was`(kind: ProblemKind) throws {
        var problem = Problem(kind, detail: "detail \"سلام\"", outcome: .unknown)
        problem.messageID = message
        #expect(try kept(.failure(problem)) == .failure(problem))
        (problem.endpoint, problem.attempts) = (EndpointName("e"), 1)
        problem.divar = DivarComplaint(status: 400, code: 3, message: "bad\n")
        #expect(try kept(.failure(problem)) == .failure(problem))
        problem.divar = DivarComplaint(status: 502)
        #expect(try kept(.failure(problem)) == .failure(problem))
    }

    @Test func `when to try again is not kept, for it was about the moment`() throws {
        var problem = Problem(.divarLimit, detail: "d", outcome: .notSent, retryAfterSeconds: 7)
        problem.messageID = message
        let found = try kept(.failure(problem))
        problem.retryAfterSeconds = nil
        #expect(found == .failure(problem))
    }

    @Test func `what Divar said is not kept where it repeats what was sent`() throws {
        var problem = Problem(.divarRejected, detail: "d", outcome: .notSent)
        problem.messageID = message
        problem.divar = DivarComplaint(status: 400, code: 3, message: "refused: 'the text that was sent' is bad")
        let found = try kept(.failure(problem))
        problem.divar?.message = nil
        #expect(found == .failure(problem))
    }

    @Test(arguments: [
        "", "{", "[]", "{}", #"{"endpoint":"e"}"#, #"{"endpoint":1,"attempts":1}"#,
        #"{"problem":"no-such-kind","detail":"d"}"#,
        #"{"problem":"internal"}"#,
    ])
    func `what is no answer is not taken for one`(text: String) {
        #expect(StoredAnswer.result(Array(text.utf8), of: message) == nil)
    }

    @Test func `a life is told in the words of the API`() {
        let intent = #"{"at":"t1","conversation":"asked","user":"u","endpoint":"e1"}"#
        let outcome =
            #"{"at":"t2","conversation":"named","endpoint":"e2","outcome":"not_sent","reason":"r","attempts":1,"status":2,"code":3}"#
        var life = MessageLife(message: message, caller: .local, intent: Array(intent.utf8))
        var report = MessageReport(message: message)
        (report.acceptedAt, report.conversation, report.user, report.endpoint) = ("t1", "asked", "u", "e1")
        #expect(life.report == report)
        life.outcome = Array(outcome.utf8)
        (report.decidedAt, report.conversation, report.endpoint) = ("t2", "named", "e2")
        (report.outcome, report.reason) = (.notSent, "r")
        (report.attempts, report.status, report.code) = (1, 2, 3)
        #expect(life.report == report)
        // What can't be read says nothing, and ends nothing.
        life.intent = [0xFF]
        life.outcome = Array("[]".utf8)
        #expect(life.report == MessageReport(message: message))
    }
}
