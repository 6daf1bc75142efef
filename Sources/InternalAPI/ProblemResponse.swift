internal import HTTPWire
internal import Messaging
internal import StrictJSON

/// Problems as `application/problem+json` (RFC 9457).
enum ProblemResponse {
    static let typePrefix = "urn:divar-gateway:problem:"

    static func response(
        to problem: Problem,
        call: CallContext? = nil,
        allowing methods: [HTTPMethod]? = nil
    ) -> Response {
        var fields = [(name: "Cache-Control", value: "no-store")]
        if problem.kind == .unauthenticated {
            fields.append(("WWW-Authenticate", "Bearer realm=\"divar-gateway\""))
        }
        if problem.kind == .methodNotAllowed, let methods {
            fields.append(("Allow", methods.map(\.name).joined(separator: ", ")))
        }
        if let seconds = problem.retryAfterSeconds { fields.append(("Retry-After", String(seconds))) }
        fields += RateLimitFields.fields(of: problem.rateLimits)
        return Response(
            status: problem.kind.status,
            contentType: "application/problem+json",
            fields: fields,
            body: JSONWriter.bytes(body(of: problem, call: call))
        )
    }

    private static func body(of problem: Problem, call: CallContext?) -> JSONValue {
        var members = [
            JSONMember("type", .string(typePrefix + problem.kind.rawValue)),
            JSONMember("title", .string(problem.kind.title)),
            JSONMember("status", .number(String(problem.kind.status))),
            JSONMember("detail", .string(problem.detail)),
        ]
        if let outcome = problem.outcome { members.append(JSONMember("outcome", .string(outcome.rawValue))) }
        if !problem.violations.isEmpty {
            members.append(JSONMember("errors", .array(problem.violations.map(json))))
        }
        if let divar = problem.divar {
            members.append(JSONMember("divar_status", .number(String(divar.status))))
            if let code = divar.code { members.append(JSONMember("divar_code", .number(String(code)))) }
            if let message = divar.message { members.append(JSONMember("divar_message", .string(message))) }
        }
        if let id = problem.messageID { members.append(JSONMember("message_id", .string(id.description))) }
        if let endpoint = problem.endpoint { members.append(JSONMember("endpoint", .string(endpoint.text))) }
        if let attempts = problem.attempts { members.append(JSONMember("attempts", .number(String(attempts)))) }
        if let call { members.append(JSONMember("trace_id", .string(call.trace.traceID))) }
        return .object(members)
    }

    private static func json(_ violation: Violation) -> JSONValue {
        .object([
            JSONMember("pointer", .string(violation.pointer)), JSONMember("detail", .string(violation.detail)),
        ])
    }
}
