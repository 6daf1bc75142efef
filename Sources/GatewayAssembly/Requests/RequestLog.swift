internal import HTTPWire
internal import InternalAPI
internal import Logging
internal import Messaging
internal import NIOCore
internal import Observability
internal import StrictJSON

/// Writes one line for each call: the same words for all, and what differs in members. Confined to one event loop.
///
/// What ends in one turn of the loop is written together: under load a system call for each line would be a good part
/// of what a cached read costs.
final class RequestLog {
    private let eventLoop: any EventLoop
    private let sink: any LogSink
    private let threshold: LogThreshold
    private let now: @Sendable () -> String
    private var lines: [UInt8] = []
    private var count = 0

    /// - Parameter now: the time, as it is to stand in a line.
    init(
        eventLoop: any EventLoop,
        sink: any LogSink,
        threshold: LogThreshold,
        now: @escaping @Sendable () -> String
    ) {
        (self.eventLoop, self.sink, self.threshold, self.now) = (eventLoop, sink, threshold, now)
    }

    func write(_ end: CallEnd) {
        let level: Logger.Level = end.isProbe ? .debug : .info
        guard threshold.level <= level else { return }
        add(
            [
                RequestLog.member("time", now()), RequestLog.member("level", level.rawValue),
                RequestLog.member("message", "request"),
            ] + RequestLog.members(of: end))
    }

    /// Of something that came and never was a request.
    func write(_ problem: ProblemKind, from peer: Peer) {
        guard threshold.level <= .info else { return }
        add([
            RequestLog.member("time", now()), RequestLog.member("level", Logger.Level.info.rawValue),
            RequestLog.member("message", "no request"), RequestLog.member("peer", "\(peer)"),
            RequestLog.member("problem", problem.rawValue),
            JSONMember("status", .number(String(problem.status))),
        ])
    }

    static func members(of end: CallEnd) -> [JSONMember] {
        let facts = end.facts
        var members = [member("operation", end.operation), member("method", end.method)]
        if let status = end.status { members.append(JSONMember("status", .number(String(status)))) }
        if end.status == nil { members.append(JSONMember("abandoned", .bool(true))) }
        if let caller = facts.caller { members.append(member("caller", caller.text)) }
        if facts.isQueued { members.append(member("outcome", "queued")) }
        if let outcome = facts.outcome { members.append(member("outcome", outcome.rawValue)) }
        if let problem = facts.problem { members.append(member("problem", problem.rawValue)) }
        if let message = facts.message { members.append(member("message_id", message.description)) }
        if let endpoint = facts.endpoint { members.append(member("endpoint", endpoint.text)) }
        if let attempts = facts.attempts { members.append(JSONMember("attempts", .number(String(attempts)))) }
        if let cache = facts.cache { members.append(member("cache", cache)) }
        members += [
            JSONMember("duration_ms", .number(milliseconds(end.microseconds))),
            JSONMember("divar_ms", .number(milliseconds(facts.divarMicroseconds))),
            JSONMember("bytes", .number(String(end.bytes))), member("peer", end.peer.description),
            member("request_id", end.requestID),
        ]
        if let trace = facts.trace { members.append(member("trace_id", trace.traceID)) }
        return members
    }

    private static func member(_ name: String, _ value: String) -> JSONMember { JSONMember(name, .string(value)) }

    private static func milliseconds(_ microseconds: Int64) -> String {
        let fraction = String(microseconds % 1000)
        return "\(microseconds / 1000)." + String(repeating: "0", count: 3 - fraction.utf8.count) + fraction
    }

    // MARK: Writing

    private func add(_ members: [JSONMember]) {
        let line = JSONWriter.bytes(.object(members))
        if lines.count + line.count + 1 > DescriptorSink.maximumBytes { flush() }
        if count == 0 {
            eventLoop.assumeIsolated().execute { self.flush() }
        } else {
            lines.append(UInt8(ascii: "\n"))
        }
        lines += line
        count += 1
    }

    private func flush() {
        guard count > 0 else { return }
        sink.write(lines: lines, count: count)
        lines.removeAll(keepingCapacity: true)
        count = 0
    }
}
