internal import NIOCore

/// One connection of a client: feeds `RequestDecoder`, and performs what `ServerConnectionState` decides. Confined to
/// the channel's event loop.
final class ServerConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let responder: any HTTPResponder
    private let services: ServerLoop
    private(set) var state = ServerConnectionState()
    private(set) var context: ChannelHandlerContext?
    private var peer = Peer.unixSocket
    private var decoder: RequestDecoder
    /// What has arrived and wasn't understood yet: the beginning of a line, or requests that wait their turn.
    private var received = ByteBuffer()
    private var readingPaused = false
    private(set) var inputClosed = false
    private var isDelivering = false
    private var unfinishedWrites = 0
    private var outputClosed = false
    private var writeCutOff: Scheduled<Void>?

    // The request in hand.
    private var body: [UInt8] = []
    private var bodyIsSwallowable = false
    private var isHead = false
    private var accept: ((_ body: [UInt8], _ reply: Reply) -> Void)?
    /// Told where the client goes away while it waits.
    var abandoned: (() -> Void)?
    /// Told where the body is refused here.
    private var bodyRefused: ((ProtocolViolation) -> Void)?

    // One timer a connection, moved lazily: most deadlines are replaced long before they come.
    private var deadline = NIODeadline.distantFuture
    private var timer: Scheduled<Void>?
    private var timerFires = NIODeadline.distantFuture

    init(services: ServerLoop) {
        self.services = services
        self.decoder = RequestDecoder(limits: services.limits)
        self.responder = services.responder
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { start(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        start(context)
        context.fireChannelActive()
    }

    private func start(_ context: ChannelHandlerContext) {
        peer = Peer(of: context.channel)
        if let refusal = services.open(self, from: context.remoteAddress?.ipAddress) {
            refuse(refusal)
        } else {
            armDeadline()
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        state.closed()
        timer?.cancel()
        timer = nil
        writeCutOff?.cancel()
        accept = nil
        bodyRefused = nil
        abandon()
        received = ByteBuffer()
        services.closed(self)
        self.context = nil
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Nobody listens to what still comes.
        if state.phase == .lingering { return }
        keep(unwrapInboundIn(data))
        deliver()
        if received.readableBytes > ServerLimits.pendingBytes, !readingPaused {
            readingPaused = true
            context.channel.setOption(.autoRead, value: false).assumeIsolated().whenFailure { _ in }
        }
    }

    private func keep(_ bytes: ByteBuffer) {
        guard received.readableBytes > 0 else {
            received = bytes
            return
        }
        received.discardReadBytes()
        received.writeImmutableBuffer(bytes)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let certificate = event as? PeerCertificate { peer.certificate = certificate }
        guard case ChannelEvent.inputClosed = event else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        // What was asked before the client closed its side is still answered, unless it can be given up: who closes one
        // side and who closes both look the same from here, and clients that close one are rare.
        inputClosed = true
        if state.phase == .answering, abandon() { context.close(promise: nil) }
        closeIfDone()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// The server stops: an idle connection closes once nothing comes any more, a busy one after its answer.
    func drain() {
        state.drain()
        if state.phase == .idle || state.phase == .lingering { armDeadline() }
    }

    /// The server has waited long enough.
    func abort() {
        context?.close(promise: nil)
    }

    // MARK: Requests

    /// Takes up what has arrived for as long as it may be taken up. Answers that come at once re-enter here by the
    /// flag.
    private func deliver() {
        guard !isDelivering else { return }
        isDelivering = true
        while mayTakeUp, let part = decoder.next(&received) {
            switch part {
            case .head(let head, let framing): begin(head, framing)
            case .body(let bytes): take(bytes)
            case .end: end()
            case .violation(let violation): refuse(violation)
            }
        }
        isDelivering = false
        // An idle connection keeps no buffer.
        if received.readableBytes == 0 { received = ByteBuffer() }
        // The clock of a head runs from its first byte, which may have come with the end of the request before.
        if decoder.isInHead, state.headBegan() { armDeadline() }
        resumeReading()
        closeIfDone()
    }

    /// Answers that nobody takes must not pile up, so a further request waits until the client takes some.
    private var mayTakeUp: Bool {
        switch state.phase {
        case .idle, .head: unfinishedWrites == 0 || context?.channel.isWritable == true
        case .body, .swallowing: true
        case .answering, .lingering, .closed: false
        }
    }

    private func begin(_ head: RequestHead, _ framing: RequestFraming) {
        _ = state.headBegan()
        isHead = head.method == .head
        state.requestBegan(keepAlive: framing.keepsConnection)
        bodyIsSwallowable = framing.isSwallowable
        switch responder.admit(head, from: peer) {
        case .refuse(let response):
            respond(response)
        case .accept(let limit, let refused, let then):
            bodyRefused = refused
            if let length = framing.contentLength, length > limit {
                refuse(.bodyTooLarge(limit: limit))
                return
            }
            accept = then
            body = []
            state.requestAdmitted(bodyLimit: limit)
            if framing.expectsContinue { sendContinue() }
            armDeadline()
        }
    }

    private func take(_ bytes: ByteBuffer) {
        switch state.bodyArrived(bytes.readableBytes) {
        case .keep: body.append(contentsOf: bytes.readableBytesView)
        case .drop: break
        case .refuseTooLarge(let limit): refuse(.bodyTooLarge(limit: limit))
        }
    }

    private func end() {
        switch state.requestEnded() {
        case .nothing: break
        case .nextRequest: armDeadline()
        case .answer:
            armDeadline()
            let then = accept
            let whole = body
            accept = nil
            bodyRefused = nil
            body = []
            then?(whole, Reply(connection: self, exchange: state.exchange))
        }
    }

    private func refuse(_ violation: ProtocolViolation) {
        bodyIsSwallowable = false
        if let bodyRefused {
            bodyRefused(violation)
        } else {
            responder.refused(violation, from: peer)
        }
        bodyRefused = nil
        respond(responder.response(to: violation), closing: true)
    }

    // MARK: Answers

    private func sendContinue() {
        context?.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
    }

    @discardableResult
    func abandon() -> Bool {
        let action = abandoned
        abandoned = nil
        action?()
        return action != nil
    }

    func respond(_ response: Response, bodyBytes: Int? = nil, closing forced: Bool = false) {
        abandoned = nil
        guard let context else { return }
        let cut = bodyBytes.map { $0 < response.content.readableBytes } ?? false
        let closing = forced || cut || state.closesAfterResponse(swallowable: bodyIsSwallowable)
        write(response, bodyBytes: bodyBytes ?? response.content.readableBytes, closing: closing, to: context)
        if cut {
            context.close(promise: nil)
            return
        }
        switch state.responded(closing: closing) {
        case .nextRequest, .swallowRest:
            armDeadline()
            deliver()
        case .closeOutput:
            received = ByteBuffer()
            resumeReading()
            // Until the answer is written, only the limit on taking it runs.
            deadline = .distantFuture
            closeOutputIfWritten()
        }
        closeIfDone()
    }

    func beginStream(_ response: Response, to context: ChannelHandlerContext) {
        var head = context.channel.allocator.buffer(capacity: ResponseHeadWriter.usualBytes)
        ResponseHeadWriter.write(
            response, date: services.dateClock.now(), isClosing: true, isStream: true, to: &head)
        context.writeAndFlush(wrapOutboundOut(head), promise: nil)
    }

    func endStream() {
        abandoned = nil
        _ = state.responded(closing: true)
        received = ByteBuffer()
        resumeReading()
        closeOutputIfWritten()
        closeIfDone()
    }

    private func write(_ response: Response, bodyBytes: Int, closing: Bool, to context: ChannelHandlerContext) {
        var head = context.channel.allocator.buffer(capacity: ResponseHeadWriter.usualBytes)
        ResponseHeadWriter.write(response, date: services.dateClock.now(), isClosing: closing, to: &head)
        let isWhole = bodyBytes == response.content.readableBytes
        guard !isHead, response.mayHaveBody, bodyBytes > 0,
            let body = response.content.getSlice(at: response.content.readerIndex, length: bodyBytes)
        else {
            send(head, isWhole: isWhole, to: context)
            return
        }
        context.write(wrapOutboundOut(head), promise: nil)
        send(body, isWhole: isWhole, to: context)
    }

    private func send(_ last: ByteBuffer, isWhole: Bool, to context: ChannelHandlerContext) {
        guard isWhole else {
            context.writeAndFlush(wrapOutboundOut(last), promise: nil)
            return
        }
        context.writeAndFlush(wrapOutboundOut(last), promise: watchedWrite(context))
        watchUnfinishedWrites()
    }

    private func watchedWrite(_ context: ChannelHandlerContext) -> EventLoopPromise<Void> {
        let promise = context.eventLoop.makePromise(of: Void.self)
        unfinishedWrites += 1
        promise.futureResult.assumeIsolated().whenComplete { _ in
            self.unfinishedWrites -= 1
            self.writeCutOff?.cancel()
            self.writeCutOff = nil
            self.closeOutputIfWritten()
            self.deliver()
            self.watchUnfinishedWrites()
            if self.state.isReadyForRequest { self.armDeadline() }
        }
        return promise
    }

    /// Closing earlier would cut off what the client hasn't taken yet.
    private func closeOutputIfWritten() {
        guard state.phase == .lingering, unfinishedWrites == 0, !outputClosed, let context else { return }
        outputClosed = true
        armDeadline()
        context.close(mode: .output, promise: nil)
    }

    /// A client that doesn't take its answer is cut off.
    private func watchUnfinishedWrites() {
        guard unfinishedWrites > 0, writeCutOff == nil, let context else { return }
        writeCutOff = context.eventLoop.assumeIsolated().scheduleTask(in: services.limits.responseWrite) {
            self.abort()
        }
    }

    private func resumeReading() {
        guard readingPaused, received.readableBytes <= ServerLimits.pendingBytes, let context else { return }
        readingPaused = false
        context.channel.setOption(.autoRead, value: true).assumeIsolated().whenFailure { _ in }
    }

    private func closeIfDone() {
        guard inputClosed, !isDelivering, state.phase != .answering, unfinishedWrites == 0 else { return }
        context?.close(promise: nil)
    }

    // MARK: Deadlines

    private func armDeadline() {
        guard let context, let kind = state.deadline, !isHoldingBack else {
            deadline = .distantFuture
            return
        }
        deadline = .now() + length(of: kind)
        if deadline < timerFires { schedule(on: context) }
    }

    /// Whether the client waits for us and not we for it: an answer that is being taken is not idleness, and a request
    /// that isn't taken up yet is not late.
    private var isHoldingBack: Bool {
        state.isReadyForRequest && unfinishedWrites > 0
    }

    private func length(of deadline: ServerConnectionState.Deadline) -> TimeAmount {
        switch deadline {
        case .idle: state.isDraining ? ServerLimits.drainQuiet : services.limits.idle
        case .header: services.limits.headerRead
        case .body: services.limits.bodyRead
        case .linger: state.isDraining ? ServerLimits.drainLinger : ServerLimits.linger
        }
    }

    private func schedule(on context: ChannelHandlerContext) {
        timer?.cancel()
        timerFires = deadline
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.timerFired() }
    }

    private func timerFired() {
        timerFires = .distantFuture
        guard let context else { return }
        guard NIODeadline.now() >= deadline else {
            if deadline != .distantFuture { schedule(on: context) }
            return
        }
        switch state.deadline {
        case .header: refuse(.headerTimeout)
        case .body where state.phase != .swallowing: refuse(.bodyTimeout)
        case .idle:
            state.idleEnded()
            closeOutputIfWritten()
        case .body, .linger: context.close(promise: nil)
        case nil: break
        }
    }
}
