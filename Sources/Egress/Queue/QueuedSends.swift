internal import Custody
internal import Delivery
private import FoundationEssentials
internal import Journal
internal import Messaging
internal import NIOCore

/// Puts messages into the queue and takes them back. Confined to one event loop; the dispatcher may be on another.
final class QueuedSends {
    private let journal: LoopJournal
    private let settings: EgressSettings
    private let shared: SharedSendQueue
    private let eventLoop: any EventLoop

    init(journal: LoopJournal, settings: EgressSettings, shared: SharedSendQueue, eventLoop: any EventLoop) {
        (self.journal, self.settings, self.shared, self.eventLoop) = (journal, settings, shared, eventLoop)
    }

    func enqueue(
        _ draft: MessageDraft,
        expires: Int64?,
        key: IdempotencyKey?,
        for call: CallContext,
        completion: @escaping (QueueAnswer) -> Void
    ) {
        let now = Date().timeIntervalSince1970
        let exchange = SendExchange(draft: draft, message: .made(atUnix: now), call: call, keyExpires: nil)
        let refuse = { (problem: Problem) in
            self.journal.noteRefusal(RecordDraft(exchange.refusal(for: problem)))
            completion(.answered(exchange.refused(problem)))
        }
        let microseconds = Int64(now * 1_000_000)
        if let problem = problem(ofExpiry: expires) { return refuse(problem) }
        let expires = expires ?? microseconds + shared.settings.defaultPatience
        guard shared.takePlace() else {
            return refuse(
                Problem(.overloaded, detail: "As many messages wait in the queue as may.", retryAfterSeconds: 10))
        }
        do {
            let queued = try queued(exchange, expires: expires)
            let intent = try intent(of: exchange, queued: queued, key: key, now: microseconds)
            let isTaken = journal.submit(.intent(intent)) { result in
                self.opened(exchange, queued, result, completion: completion)
            }
            if isTaken { return }
            completion(.answered(exchange.refused(JournalProblem.full)))
        } catch {
            completion(.answered(exchange.refused(JournalProblem.noRandomness)))
        }
        shared.givePlaceBack()
    }

    private func intent(
        of exchange: SendExchange,
        queued: QueuedMessage,
        key: IdempotencyKey?,
        now: Int64
    ) throws -> IntentSubmission {
        let claim = key.map {
            (
                name: ClaimName(caller: exchange.call.caller.name, key: $0),
                // Until the message is settled, and then as long as every key.
                expires: max(now, queued.expires) + settings.idempotencyMicroseconds
            )
        }
        var record = exchange.intent(through: nil)
        record.expires = RFC3339Time.text(unixMicroseconds: queued.expires)
        return try IntentSubmission(
            message: exchange.message, record: record, draft: exchange.draft, sealer: settings.sealer, claim: claim,
            queued: queued
        )
    }

    private func opened(
        _ exchange: SendExchange,
        _ queued: QueuedMessage,
        _ result: JournalResult,
        completion: (QueueAnswer) -> Void
    ) {
        guard case .committed = result else {
            shared.givePlaceBack()
            if case .waiting(let message, let expires) = result {
                return completion(.accepted(message, expires: expires))
            }
            if case .unavailable(_, mayBeOnDisk: true) = result {
                return completion(.answered(exchange.answerInDoubt(of: result)))
            }
            if let refusal = exchange.refusal(by: result) { journal.noteRefusal(RecordDraft(refusal)) }
            return completion(.answered(exchange.answer(to: result) ?? exchange.refused(JournalProblem.full)))
        }
        var entry = queued
        entry.payload = []
        // Before the caller hears of it, so that what it sends next comes behind.
        shared.perform { [entry] in $0.added(entry) }
        completion(.accepted(exchange.message, expires: queued.expires))
    }

    private func queued(_ exchange: SendExchange, expires: Int64) throws -> QueuedMessage {
        let (draft, call) = (exchange.draft, exchange.call)
        let content = QueuedContent(draft: draft, token: call.userToken, user: call.user, trace: call.trace)
        let lane =
            switch draft.target {
            case .conversation(let conversation): "c:\(conversation.text)"
            case .user(let user): "u:\(user.text)"
            }
        return QueuedMessage(
            message: exchange.message, app: call.caller.app, caller: call.caller.name,
            lane: "\(call.caller.app.text)/\(lane)",
            payload: try settings.queueSealer.seal(try content.bytes, of: exchange.message), expires: expires
        )
    }

    /// - Parameter expires: microseconds since 1970; nil where the caller doesn't say.
    func problem(ofExpiry expires: Int64?) -> Problem? {
        let now = Int64(Date().timeIntervalSince1970 * 1_000_000)
        guard let expires, !(now + 1...now + shared.settings.maximumPatience).contains(expires) else { return nil }
        let hours = shared.settings.maximumPatience / 3_600_000_000
        let detail = "must lie in the future, at most \(hours) hours ahead"
        return Problem(
            .invalidRequest, detail: "The body is not a message that can be sent.",
            violations: [Violation(pointer: "/expires_at", detail: detail)]
        )
    }

    /// - Parameters:
    ///   - message: one that the caller sent.
    ///   - completion: told why it can't be taken back, or nil where it was.
    func cancel(_ message: MessageID, completion: @escaping (Problem?) -> Void) {
        let completion = NIOLoopBound(completion, eventLoop: eventLoop)
        shared.perform { dispatcher in
            dispatcher.cancel(message) { answer, problem in
                completion.eventLoop.execute { completion.value(problem ?? QueuedSends.problem(answer)) }
            }
        }
    }

    private static func problem(_ answer: SendQueueCancel) -> Problem? {
        switch answer {
        case .cancelled: nil
        case .underWay: Problem(.notCancellable, detail: "The message is on its way to Divar.", retryAfterSeconds: 1)
        case .notInQueue: Problem(.notCancellable, detail: "The message does not wait in the queue any more.")
        }
    }
}
