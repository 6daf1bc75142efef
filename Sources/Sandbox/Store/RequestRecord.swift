internal import StrictJSON

/// How many requests came and how they were answered, and the last of them whole. Control calls are none.
struct RequestRecord: Sendable {
    private var received: [String: Int] = [:]
    private var answered: [String: Int] = [:]
    private var recent = BoundedLog<RecordedRequest>(capacity: SandboxLimits.recentRequests)

    /// The counter of requests to paths that Divar never had.
    static let unknownEndpoint = "unknown"
    /// The counter of requests whose connection was closed without an answer.
    static let noAnswer = "none"

    /// Gives the request's number.
    mutating func receive(_ request: RecordedRequest, endpoint: String?) -> Int {
        received[endpoint ?? RequestRecord.unknownEndpoint, default: 0] += 1
        recent.append(request)
        return recent.total - 1
    }

    /// - Parameter status: nil where there is no answer.
    mutating func answer(_ number: Int, status: Int?) {
        answered[status.map { String($0) } ?? RequestRecord.noAnswer, default: 0] += 1
        recent.change(number) { $0.status = status }
    }

    var json: JSONValue {
        let requests = recent.elements().enumerated().map { $1.json(number: recent.first + $0) }
        return .object([
            JSONMember("received", RequestRecord.counters(received)),
            JSONMember("answered", RequestRecord.counters(answered)),
            JSONMember("recent", .array(requests)),
        ])
    }

    private static func counters(_ counts: [String: Int]) -> JSONValue {
        .object(counts.sorted { $0.key < $1.key }.map { JSONMember($0.key, .number(String($0.value))) })
    }
}
