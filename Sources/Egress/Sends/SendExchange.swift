internal import Delivery
internal import DivarAPI
internal import Journal
internal import Messaging

/// One send from its draft to its answer: what is recorded of it and what its caller is told. Decides, and does
/// nothing.
struct SendExchange {
    let draft: MessageDraft
    let message: MessageID
    let call: CallContext
    /// Seconds since 1970; nil without an idempotency key.
    let keyExpires: Int?

    func intent(through endpoint: EndpointName?) -> RecordDraft {
        var record = RecordDraft(intentOf: draft.operation, for: call, through: endpoint)
        switch draft.target {
        case .conversation(let conversation): record.conversation = conversation.text
        case .user(let user): record.user = user.text
        }
        return record
    }

    /// What the caller is told at once, because nothing is to be sent; nil where the intent is on disk.
    func answer(to result: JournalResult) -> SendAnswer? {
        switch result {
        case .committed: nil
        case .replay(let claim):
            SendAnswer(
                SendExchange.result(of: claim), isReplay: true, keyExpires: Int(claim.expires / 1_000_000)
            )
        case .inFlight, .waiting, .mismatch, .life, .queued, .queue, .unavailable:
            refused(JournalProblem.of(result) ?? JournalProblem.noRandomness)
        }
    }

    /// What is recorded of a call whose idempotency key forbids it.
    func refusal(by result: JournalResult) -> RefusedCall? {
        switch result {
        case .inFlight, .waiting, .mismatch:
            JournalProblem.of(result).map(refusal)
        case .committed, .replay, .life, .queued, .queue, .unavailable: nil
        }
    }

    func refusal(for problem: Problem) -> RefusedCall {
        RefusedCall(
            caller: call.caller, peer: call.peer, permission: .send, kind: problem.kind, traceID: call.trace.traceID
        )
    }

    /// The answer to a call for which nothing was sent.
    func refused(_ problem: Problem) -> SendAnswer {
        var problem = problem
        // With a key that is in use, this call sent nothing; of the message that the key stands for nobody knows yet.
        problem.outcome = problem.kind == .idempotencyKeyInUse ? .unknown : .notSent
        return SendAnswer(.failure(problem))
    }

    /// The answer to a call whose message may wait in the queue after a crash. Without one the journal settles it as
    /// not sent, and the report on the message says so.
    func answerInDoubt(of result: JournalResult) -> SendAnswer {
        var problem = JournalProblem.of(result) ?? JournalProblem.noRandomness
        (problem.outcome, problem.messageID) = (.unknown, message)
        return SendAnswer(.failure(problem))
    }

    func answer(to end: UpstreamEnd) -> SendAnswer {
        if case .answered(.sent(let named), _) = end.result {
            let receipt = SendReceipt(
                messageID: message, conversation: named ?? askedConversation, endpoint: end.endpoint,
                attempts: end.attempts
            )
            return SendAnswer(.success(receipt), keyExpires: keyExpires)
        }
        var problem = UpstreamCaller.problem(for: end.result, at: end.endpoint)
        problem.outcome = OutcomeRule.outcome(of: end.result)
        problem.messageID = message
        problem.attempts = end.attempts
        return SendAnswer(.failure(problem), keyExpires: keyExpires)
    }

    func outcome(of end: UpstreamEnd) -> RecordDraft {
        var record = RecordDraft(outcome: OutcomeRule.outcome(of: end.result), of: end)
        // What Divar names is only kept where it is an id.
        if case .answered(.sent(let named?), _) = end.result, named != askedConversation,
            let id = ConversationID(named)
        {
            record.conversation = id.text
        }
        return record
    }

    /// The answer, once the outcome is on disk or can't be: then the caller learns both what became of the message and
    /// that the trail doesn't have it yet.
    func answer(_ answer: SendAnswer, recorded: JournalResult) -> SendAnswer {
        guard var problem = JournalProblem.of(recorded) else { return answer }
        problem.messageID = message
        switch answer.result {
        case .success(let receipt):
            problem.outcome = .sent
            (problem.endpoint, problem.attempts) = (receipt.endpoint, receipt.attempts)
        case .failure(let failure):
            problem.outcome = failure.outcome
            (problem.endpoint, problem.attempts, problem.divar) = (failure.endpoint, failure.attempts, failure.divar)
        }
        return SendAnswer(.failure(problem), keyExpires: keyExpires)
    }

    /// Version 2 doesn't repeat the conversation; it is the one that was asked for.
    private var askedConversation: String? {
        if case .conversation(let target) = draft.target { target.text } else { nil }
    }

    /// What became of the message that an idempotency key stands for.
    private static func result(of claim: StoredClaim) -> Result<SendReceipt, Problem> {
        if let answer = claim.life?.answer, let result = StoredAnswer.result(answer, of: claim.message) {
            return result
        }
        let report = claim.life?.report
        if let report, report.outcome == .sent, let endpoint = report.endpoint {
            return .success(
                SendReceipt(
                    messageID: claim.message, conversation: report.conversation, endpoint: EndpointName(endpoint),
                    attempts: report.attempts ?? 1
                )
            )
        }
        var problem = problem(of: report)
        problem.outcome = report?.outcome ?? .unknown
        problem.messageID = claim.message
        problem.attempts = report?.attempts
        return .failure(problem)
    }

    /// Of a message without an answer: it ended in the queue, or with the gateway.
    private static func problem(of report: MessageReport?) -> Problem {
        if let report, report.outcome == .notSent, let reason = report.reason {
            switch RecordReason(rawValue: reason) {
            case .expired: return Problem(.messageExpired, detail: "It expired before it could be sent.")
            case .cancelled: return Problem(.messageCancelled, detail: "It was taken back before it was sent.")
            default: break
            }
            if let kind = ProblemKind(rawValue: reason) {
                return Problem(kind, detail: "The message could not be sent: \(kind.title).")
            }
        }
        return Problem(
            .interrupted,
            detail: "The gateway ended or lost its audit trail before it knew what became of the message."
        )
    }
}
