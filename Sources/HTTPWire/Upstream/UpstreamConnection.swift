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

    private enum State { case connecting, idle, busy, closed }

    private let usesTLS: Bool
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

    init(usesTLS: Bool, answerLimit: Int) {
        self.usesTLS = usesTLS
        self.answerLimit = answerLimit
    }

    var isUsable: Bool { state == .idle && context?.channel.isActive == true }

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
        if usesTLS, case TLSUserEvent.handshakeCompleted = event { becomeReady() }
        context.fireUserInboundEventTriggered(event)
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
            self.head = head
            body = []
        case .body(let bytes):
            guard body.count + bytes.readableBytes <= answerLimit else {
                abort(.answerTooLarge)
                return
            }
            body.append(contentsOf: bytes.readableBytesView)
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
            body: body
        )
        self.head = nil
        body = []
        let reusable = head.isKeepAlive && context?.channel.isActive == true
        state = reusable ? .idle : .closed
        let completion = completion
        self.completion = nil
        // The connection is given back first, so that what the answer starts can use it.
        if reusable {
            onEvent?(self, .free)
        } else {
            close()
        }
        completion?(.success(response))
    }

    private func finish(_ result: Result<UpstreamResponse, UpstreamFailure>) {
        guard let completion else { return }
        self.completion = nil
        completion(result)
    }
}
