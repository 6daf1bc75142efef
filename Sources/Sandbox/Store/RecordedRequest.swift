internal import HTTPWire
internal import StrictJSON

/// One request as it came, without the values of its secrets.
struct RecordedRequest: Sendable {
    private let time: SandboxTime
    private let endpoint: String?
    private let method: String
    private let path: String
    private let query: String?
    private let fields: [FieldName]
    private let traceParent: String?
    private let body: String
    private let bodyBytes: Int
    private let faults: [String]
    /// Nil while there is no answer, and where there never is one.
    var status: Int?

    private static let shownFields: [FieldName] = [.apiKey, .authorization, .traceparent, .contentType]

    init(_ request: SandboxRequest, endpoint: String?, faults: [String], at time: SandboxTime) {
        self.time = time
        self.endpoint = endpoint
        method = request.head.method.name
        path = request.head.path
        query = request.head.query
        fields = RecordedRequest.shownFields.filter { request.head.fields[$0] != nil }
        traceParent = request.head.fields[.traceparent]
        let shown = endpoint == SandboxRoute.tokenName ? [] : request.body.prefix(SandboxLimits.recordedBodyBytes)
        body = String(decoding: shown, as: UTF8.self)
        bodyBytes = request.body.count
        self.faults = faults
    }

    /// - Parameter number: from zero; people count from one.
    func json(number: Int) -> JSONValue {
        var members = [
            JSONMember("seq", .number(String(number + 1))),
            JSONMember("time", .string(time.rfc3339)),
            JSONMember("endpoint", endpoint.map(JSONValue.string) ?? .null),
            JSONMember("method", .string(method)),
            JSONMember("path", .string(path)),
        ]
        if let query { members.append(JSONMember("query", .string(query))) }
        members += [
            JSONMember("fields", .array(fields.map { .string($0.rawValue) })),
            JSONMember("traceparent", traceParent.map(JSONValue.string) ?? .null),
            JSONMember("body", .string(body)),
            JSONMember("body_bytes", .number(String(bodyBytes))),
            JSONMember("faults", .array(faults.map(JSONValue.string))),
            JSONMember("status", status.map { .number(String($0)) } ?? .null),
        ]
        return .object(members)
    }
}
