import HTTPWire
import NIOCore

/// Answers by path, and holds back the answers that a test wants to give itself.
///
/// `/hello`, `/echo` (the body), `/head` (what was read of the head), `/small` (a body of at most 10 bytes), `/refuse`
/// (403, without a look at the body), `/held` (answered by `TestServer.release`), `/big?N` (N bytes), `/status?N`,
/// `/peer` (who calls), `/stream?N` (N parts, one by one).
final class TestResponder: HTTPResponder {
    static let bodyLimit = 100_000

    private let held: HeldReplies
    private let log: EventLog<String>

    init(held: HeldReplies, log: EventLog<String>) {
        self.held = held
        self.log = log
    }

    func admit(_ head: RequestHead, from peer: Peer) -> Admission {
        log.append("\(head.method.name) \(head.path)")
        switch head.path {
        case "/refuse":
            return .refuse(TestResponder.text("refused", status: 403))
        case "/small":
            return .accept(bodyLimit: 10) { body, reply in reply.send(Response(status: 200, body: body)) }
        case "/held":
            return .accept(bodyLimit: TestResponder.bodyLimit) { [held] _, reply in held.hold(reply) }
        case "/echo":
            return .accept(bodyLimit: TestResponder.bodyLimit) { body, reply in
                reply.send(Response(status: 200, contentType: "text/plain", body: body))
            }
        case "/big":
            let size = head.query.flatMap { Int($0) } ?? 0
            return .accept(bodyLimit: 0) { _, reply in
                reply.send(Response(status: 200, body: [UInt8](repeating: 0x61, count: size)))
            }
        case "/stream":
            let count = head.query.flatMap { Int($0) } ?? 0
            return .accept(bodyLimit: 0) { [log] _, reply in TestResponder.stream(count, to: reply, log) }
        case "/status":
            let status = head.query.flatMap { Int($0) } ?? 200
            return .accept(bodyLimit: 0) { _, reply in reply.send(Response(status: status)) }
        case "/peer":
            let text = TestResponder.describe(peer)
            return .accept(bodyLimit: 0) { _, reply in reply.send(TestResponder.text(text)) }
        default:
            let text = head.path == "/head" ? TestResponder.describe(head, from: peer) : "hello"
            return .accept(bodyLimit: TestResponder.bodyLimit) { _, reply in reply.send(TestResponder.text(text)) }
        }
    }

    func response(to violation: ProtocolViolation) -> Response {
        let status =
            switch violation {
            case .malformed, .missingOrRepeatedHost, .malformedHost, .repeatedField, .unsupportedTarget: 400
            case .unsupportedMethod, .unsupportedTransferCoding: 501
            case .unsupportedVersion: 505
            case .expectationFailed: 417
            case .targetTooLong: 414
            case .headerTooLarge: 431
            case .headerTimeout, .bodyTimeout: 408
            case .bodyTooLarge, .chunkExtensionsTooLong: 413
            case .tooManyConnections, .tooManyConnectionsFromAddress: 503
            }
        return TestResponder.text("\(violation)", status: status)
    }

    /// So many parts of 64 KiB, then the end; without end for a negative number.
    private static func stream(_ count: Int, to reply: Reply, _ log: EventLog<String>) {
        let head = Response(status: 200, contentType: "text/plain")
        guard let stream = reply.stream(head, whenAbandoned: { log.append("abandoned") }) else { return }
        let part = ByteBuffer(repeating: 0x61, count: 64 * 1024)
        var written = 0
        while written != count, stream.write(count < 0 ? part : ByteBuffer(string: "part \(written)\n")) {
            written += 1
        }
        log.append("written \(written)")
        if count >= 0 { stream.end() }
    }

    static func text(_ text: String, status: Int = 200) -> Response {
        Response(status: status, contentType: "text/plain", body: Array(text.utf8))
    }

    private static func describe(_ peer: Peer) -> String {
        let certificate = peer.certificate.map { "\($0.subject)|\($0.dnsNames)|\($0.uris)" } ?? "no certificate"
        return "\(peer.host ?? "unix")|\(peer.userID.map(String.init) ?? "no user")|\(certificate)"
    }

    private static func describe(_ head: RequestHead, from peer: Peer) -> String {
        let fields = FieldName.allCases.compactMap { name in head.fields[name].map { "\(name.rawValue)=\($0)" } }
        let parts = [
            head.method.name, head.path, head.query ?? "-", head.hasBody ? "body" : "no body",
            peer.host == nil ? "unix of \(peer.userID.map(String.init) ?? "nobody")" : "tcp",
            fields.joined(separator: ";"),
        ]
        return parts.joined(separator: "|")
    }
}

/// Replies that wait for the test to give them. Only touched on the loop that it was made for.
final class HeldReplies: Sendable {
    let log = EventLog<Int>()
    private let replies: NIOLoopBoundBox<[Reply]>

    init(loop: any EventLoop) {
        replies = NIOLoopBoundBox.makeBoxSendingValue([], eventLoop: loop)
    }

    func hold(_ reply: Reply) {
        replies.value.append(reply)
        log.append(replies.value.count)
    }

    /// Gives the eldest held reply. On the loop.
    func release(_ use: (Reply) -> Void) {
        guard !replies.value.isEmpty else { return }
        use(replies.value.removeFirst())
    }
}
