internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
private import NIOTLS

/// One connection to the upstream: writes a request, reads its answer, one at a time. Confined to its event loop.
final class UpstreamConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart
    typealias Completion = (Result<UpstreamResponse, UpstreamFailure>) -> Void

    /// What the owner learns of the connection itself.
    enum Event {
        case ready
        /// It never became ready.
        case failed(UpstreamFailure.Reason)
        /// An answer is whole and the connection can take the next request.
        case free
        case closed
    }

    private enum State { case connecting, idle, busy, settling, closed }

    private let usesTLS: Bool
    private let hostRule: CertificateHostRule
    private let answerLimit: Int
    private var state = State.connecting
    private var failure: UpstreamFailure.Reason?
    private var context: ChannelHandlerContext?
    /// Set by the owner once; called on the loop.
    var onEvent: ((UpstreamConnection, Event) -> Void)?

    // The exchange in hand.
    private var completion: Completion?
    private var head: HTTPResponseHead?
    private var body: [UInt8] = []
    private var tail = ReadTail()

    init(usesTLS: Bool, host: String, answerLimit: Int) {
        self.usesTLS = usesTLS
        hostRule = CertificateHostRule(host: host)
        self.answerLimit = answerLimit
    }

    var isUsable: Bool { state == .idle && context?.channel.isActive == true }

    /// Bytes came from the socket, before the codec sees them. False where nobody asked for any.
    func bytesArrived(_ bytes: ByteBuffer) -> Bool {
        guard state == .busy else { return false }
        tail.didRead(bytes)
        return true
    }

    var isClosed: Bool { state == .closed }

    /// Writes a request. Whatever happens from here on may have reached the other side.
    func execute(_ request: UpstreamRequest, authority: String, completion: @escaping Completion) {
        guard isUsable, let context else {
            completion(.failure(UpstreamFailure(.closed, requestStarted: false)))
            return
        }
        state = .busy
        self.completion = completion
        var headers = HTTPHeaders([("Host", authority)])
        for field in request.fields { headers.add(name: field.name, value: field.value) }
        if let body = request.body { headers.add(name: "Content-Length", value: String(body.count)) }
        let head = HTTPRequestHead(
            version: .http1_1,
            method: .init(rawValue: request.method.name),
            uri: request.path,
            headers: headers
        )
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if let body = request.body, !body.isEmpty {
            context.write(
                wrapOutboundOut(.body(.byteBuffer(context.channel.allocator.buffer(bytes: body)))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    /// Ends the exchange in hand, and the connection with it.
    func abort(_ reason: UpstreamFailure.Reason) {
        // What still comes of its answer must not make the connection look free again.
        state = .closed
        finish(.failure(UpstreamFailure(reason, requestStarted: true)))
        close()
    }

    func close() {
        context?.close(promise: nil)
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func channelActive(context: ChannelHandlerContext) {
        if !usesTLS { becomeReady() }
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if usesTLS, case TLSUserEvent.handshakeCompleted = event { handshakeCompleted(context) }
        context.fireUserInboundEventTriggered(event)
    }

    private func handshakeCompleted(_ context: ChannelHandlerContext) {
        let handler = try? context.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)
        guard let certificate = handler?.peerCertificate, hostRule.accepts(certificate) else {
            failure = .tls
            context.close(promise: nil)
            return
        }
        becomeReady()
    }

    func channelInactive(context: ChannelHandlerContext) {
        let wasConnecting = state == .connecting
        state = .closed
        finish(.failure(UpstreamFailure(failure ?? .closed, requestStarted: true)))
        onEvent?(self, wasConnecting ? .failed(failure ?? (usesTLS ? .tls : .connect)) : .closed)
        onEvent = nil
        self.context = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case HTTPParserError.invalidEOFState, HTTPParserError.closedConnection: failure = .closed
        case is HTTPParserError: failure = .malformedAnswer
        default: failure = state == .connecting && usesTLS ? .tls : .closed
        }
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard state == .busy else {
            // Nobody asked: whatever it is would be taken for the next answer.
            context.close(promise: nil)
            return
        }
        switch unwrapInboundIn(data) {
        case .head(let head):
            // Behind 101 comes another protocol, and nobody asked for one.
            guard head.status.code >= 200 else {
                abort(.malformedAnswer)
                return
            }
            self.head = head
            body = []
        case .body(let bytes):
            guard body.count + bytes.readableBytes <= answerLimit else {
                abort(.answerTooLarge)
                return
            }
            body.append(contentsOf: bytes.readableBytesView)
            tail.didReadBody(bytes)
        case .end:
            answerEnded()
        }
    }

    private func becomeReady() {
        guard state == .connecting else { return }
        state = .idle
        onEvent?(self, .ready)
    }

    private func answerEnded() {
        guard let head else { return }
        let response = UpstreamResponse(
            status: Int(head.status.code),
            retryAfterSeconds: head.headers.first(name: "Retry-After").flatMap { Int($0) }.flatMap {
                $0 >= 0 ? $0 : nil
            },
            caching: UpstreamCaching(head.headers),
            body: body
        )
        self.head = nil
        body = []
        // Reused only once it is sure that nothing stands behind the answer: it would be taken for the next one.
        let reusable = head.isKeepAlive && context?.channel.isActive == true && !tail.takeHasSurplus()
        state = reusable ? .settling : .closed
        finish(.success(response))
        if !reusable { close() }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if state == .settling {
            state = .idle
            onEvent?(self, .free)
        }
        context.fireChannelReadComplete()
    }

    private func finish(_ result: Result<UpstreamResponse, UpstreamFailure>) {
        guard let completion else { return }
        self.completion = nil
        completion(result)
    }
}
