internal import HTTPWire
internal import Messaging
internal import StrictJSON

/// Answers to calls: each leaves its mark in the call's notes, and goes out.
extension Reply {
    func answer(_ answer: SendAnswer, of call: CallContext) {
        Reply.note(answer, in: call.notes)
        send(AnswerResponse.response(to: answer, call: call))
    }

    func answer(_ answer: QueueAnswer, of call: CallContext) {
        switch answer {
        case .answered(let answer): Reply.note(answer, in: call.notes)
        case .accepted(let message, _):
            call.notes.note { facts in (facts.isQueued, facts.message) = (true, message) }
        }
        send(AnswerResponse.response(to: answer, call: call))
    }

    func answer(_ answer: ConversationAnswer, of call: CallContext, condition: EntityTagCondition?) {
        if case .failure(let problem) = answer.result { call.notes.note(problem) }
        call.notes.note { $0.cache = answer.status.word }
        send(AnswerResponse.response(to: answer, condition: condition, call: call))
    }

    func answer(_ result: Result<JSONValue, Problem>, of call: CallContext) {
        if case .failure(let problem) = result { call.notes.note(problem) }
        send(AnswerResponse.response(to: result, call: call))
    }

    func answer(_ result: Result<PlannedSend, Problem>, of call: CallContext) {
        if case .failure(let problem) = result { call.notes.note(problem) }
        send(AnswerResponse.response(to: result, call: call))
    }

    /// - Parameter problem: nil where all is well, and nothing is to be said.
    func answer(_ problem: Problem?, of call: CallContext) {
        if let problem { call.notes.note(problem) }
        send(AnswerResponse.response(to: problem, call: call))
    }

    private static func note(_ answer: SendAnswer, in notes: CallNotes) {
        switch answer.result {
        case .failure(let problem): notes.note(problem)
        case .success(let receipt):
            notes.note { facts in
                (facts.outcome, facts.message) = (.sent, receipt.messageID)
                (facts.endpoint, facts.attempts) = (receipt.endpoint, receipt.attempts)
            }
        }
    }
}
