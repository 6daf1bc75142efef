import JournalConformance
import Messaging
import Testing

@testable import Journal

/// Intents of messages that wait in the queue, and what happens to them there.
enum QueueSamples {
    static let patience: Int64 = 900_000_000

    /// A send that is to wait, accepted a millisecond after what came before.
    static func intent(_ gateway: SampleGateway, _ text: String = "text", key: String? = nil) throws -> IntentSubmission
    {
        gateway.clock.advance(by: .milliseconds(1))
        let (now, message) = (gateway.clock.nowMicroseconds, gateway.clock.makeID())
        let caller = try #require(CallerName("shop"))
        let conversation = try #require(ConversationID("conversation"))
        var record = RecordDraft(.intent)
        (record.caller, record.conversation) = (caller, conversation.text)
        let queued = QueuedMessage(
            message: message, app: try #require(AppName("default")), caller: caller, lane: "default/c:conversation",
            payload: [1, 2, 3], expires: now + patience
        )
        let claim = try key.map { (name: try Samples.claimName($0), expires: now + 4 * patience) }
        return try IntentSubmission(
            message: message, record: record,
            draft: MessageDraft(target: .conversation(conversation), sender: .bot, content: .text(text)),
            sealer: gateway.sealer, claim: claim, queued: queued
        )
    }

    private static func change(_ intent: IntentSubmission, _ state: QueuedMessage.State, attempts: Int) -> QueueChange {
        .update(
            intent.message, state: state, attempts: attempts, expires: intent.queued?.expires ?? 0, retryAt: 0)
    }

    /// It is about to be sent.
    static func attempt(_ intent: IntentSubmission, attempts: Int = 0) -> Submission {
        .step(RecordDraft(.attempt), of: intent.message, change: change(intent, .attempting, attempts: attempts))
    }

    /// It was proven not to have been sent, and waits again.
    static func deferral(_ intent: IntentSubmission, attempts: Int = 1) -> Submission {
        .step(RecordDraft(.deferral), of: intent.message, change: change(intent, .waiting, attempts: attempts))
    }

    /// It was sent, and leaves the queue.
    static func sent(_ intent: IntentSubmission) -> Submission {
        .outcome(SampleGateway.outcome(.sent), of: intent.message, answer: [7], queue: .remove(intent.message))
    }

    /// It was not sent, and an operator may send it again.
    static func failed(_ intent: IntentSubmission) -> Submission {
        .outcome(
            SampleGateway.outcome(.notSent), of: intent.message, answer: nil,
            queue: change(intent, .failed, attempts: 2))
    }
}
