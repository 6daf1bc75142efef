internal import ConversationCache
internal import HTTPWire
internal import Messaging
internal import StrictJSON

/// Results as responses. What belongs to a user is never for a shared cache; only conversations may be kept at all, by
/// the caller itself, and have to be asked for again each time.
enum AnswerResponse {
    static let live = json(200, .object([JSONMember("status", .string("live"))]))
    static let taken = json(200, .object([JSONMember("status", .string("taken"))]))

    static func response(to result: Result<JSONValue, Problem>, call: CallContext) -> Response {
        switch result {
        case .success(let body): json(200, body)
        case .failure(let problem): ProblemResponse.response(to: problem, call: call)
        }
    }

    /// Nothing is to be said where there is no problem.
    static func response(to problem: Problem?, call: CallContext) -> Response {
        problem.map { ProblemResponse.response(to: $0, call: call) }
            ?? Response(status: 204, fields: [("Cache-Control", "no-store")])
    }

    /// An answer to a send says whether it was given before, and how long its idempotency key is kept.
    static func response(to answer: SendAnswer, call: CallContext) -> Response {
        var response = response(to: answer.result.map(AnswerBody.receipt), call: call)
        if answer.isReplay { response.fields.append(("Idempotent-Replay", "true")) }
        if let expires = answer.keyExpires {
            response.fields.append(("Idempotency-Expires", HTTPDate.text(unixSeconds: expires)))
        }
        return response
    }

    /// RFC 7240 section 4.1, and RFC 9110 section 15.3.3 for what 202 promises: nothing.
    static func response(to answer: QueueAnswer, call: CallContext) -> Response {
        switch answer {
        case .answered(let answer): return response(to: answer, call: call)
        case .accepted(let message, let expires):
            var response = json(202, AnswerBody.accepted(message, expires: expires))
            response.fields += [
                ("Location", "/messages/\(message)"), ("Preference-Applied", "respond-async"),
            ]
            return response
        }
    }

    /// A message that wasn't sent, and how it would have been.
    static func response(to result: Result<PlannedSend, Problem>, call: CallContext) -> Response {
        let fields = RateLimitFields.fields(of: (try? result.get())?.rateLimits ?? [])
        let result = result.map(AnswerBody.planned).mapError { problem in
            var problem = problem
            problem.outcome = .notSent
            return problem
        }
        var response = response(to: result, call: call)
        response.fields += fields
        return response
    }

    /// `no-cache`, so that a client's own cache can't hide a send that came after (RFC 9111 section 5.2.2.4); asking
    /// again with `If-None-Match` costs a head and no body.
    private static let conversationFields = [
        (name: "Cache-Control", value: "private, no-cache"),
        (name: "Vary", value: "Authorization, X-Access-Token, X-User"),
    ]

    static func response(to answer: ConversationAnswer, condition: EntityTagCondition?, call: CallContext) -> Response {
        let status = (name: "Cache-Status", value: answer.status.text)
        switch answer.result {
        case .failure(let problem):
            var response = ProblemResponse.response(to: problem, call: call)
            response.fields.append(status)
            return response
        case .success(let cached):
            guard case .conversation(let body, let entityTag) = cached.content else { return live }
            var fields = conversationFields
            fields.append(("ETag", entityTag))
            if let age = cached.age { fields.append(("Age", String(age))) }
            fields.append(status)
            if let condition, condition.matches(entityTag) { return Response(status: 304, fields: fields) }
            return Response(status: 200, contentType: "application/json", fields: fields, content: body)
        }
    }

    static func response(to readiness: Readiness) -> Response {
        json(readiness.isReady ? 200 : 503, AnswerBody.readiness(readiness))
    }

    private static func json(_ status: Int, _ body: JSONValue) -> Response {
        Response(
            status: status,
            contentType: "application/json",
            fields: [("Cache-Control", "no-store")],
            body: JSONWriter.bytes(body)
        )
    }
}
