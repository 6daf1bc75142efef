internal import HTTPWire
internal import Messaging
internal import StrictJSON

/// Results as responses. What belongs to a user is never for a shared cache, so nothing may be stored.
enum AnswerResponse {
    static let live = json(200, .object([JSONMember("status", .string("live"))]))

    static func response(to result: Result<JSONValue, Problem>, call: CallContext) -> Response {
        switch result {
        case .success(let body): json(200, body)
        case .failure(let problem): ProblemResponse.response(to: problem, call: call)
        }
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
