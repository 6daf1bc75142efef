@testable import HTTPWire
import NIOCore
import NIOPosix

/// A client that sends the bytes it is told to and collects what comes, without any notion of HTTP on its way out.
final class RawClient: Sendable {
    enum Failure: Error {
        /// What was waited for didn't come in time; so much did.
        case notInTime(received: String)
        /// The connection ended before what was waited for came.
        case ended(received: String)
    }

    let channel: any Channel
    private let collector: NIOLoopBound<ByteCollector>

    private init(channel: any Channel, collector: NIOLoopBound<ByteCollector>) {
        self.channel = channel
        self.collector = collector
    }

    /// - Parameters:
    ///   - reads: false for a client that takes nothing until `startReading`.
    ///   - greeting: sent as soon as the connection is there, without waiting for the test's task to run.
    static func connect(
        to address: ListenAddress, reads: Bool = true, sending greeting: String = ""
    ) async throws -> RawClient {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.autoRead, value: reads)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if !reads { try channel.syncOptions?.setOption(.socketOption(.so_rcvbuf), value: 32 * 1024) }
                    try channel.pipeline.syncOperations.addHandler(ByteCollector(greeting: greeting))
                }
            }
        let channel =
            switch address {
            case .tcp(let host, let port): try await bootstrap.connect(host: host, port: port).get()
            case .unix(let path): try await bootstrap.connect(unixDomainSocketPath: path).get()
            }
        let collector = try await channel.eventLoop.submit {
            NIOLoopBound(
                try channel.pipeline.syncOperations.handler(type: ByteCollector.self), eventLoop: channel.eventLoop)
        }.get()
        return RawClient(channel: channel, collector: collector)
    }

    // MARK: Sending

    func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    /// Sends each byte by itself, one after the other, without waiting for the test's task between them: beside busy
    /// tests that takes longer than a server waits.
    func sendByteByByte(_ text: String) async throws {
        let channel = channel
        try await channel.eventLoop.flatSubmit {
            text.utf8.reduce(channel.eventLoop.makeSucceededVoidFuture()) { sent, byte in
                sent.flatMap { channel.writeAndFlush(ByteBuffer(bytes: [byte])) }
            }
        }.get()
    }

    /// Sends what may be refused half-way: a connection that ends under it is no failure.
    func trySending(_ text: String) async {
        try? await send(text)
    }

    /// Says that nothing more will be sent, and goes on reading.
    func finishSending() async throws {
        try await channel.close(mode: .output).get()
    }

    func startReading() async throws {
        try await channel.setOption(.autoRead, value: true).get()
        channel.read()
    }

    func close() async {
        try? await channel.close().get()
    }

    /// Closes so that the other side gets a reset rather than an end.
    func reset() async throws {
        if let options = channel as? any SocketOptionProvider {
            try await options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        await close()
    }

    // MARK: Receiving

    /// The next answer; interim ones (100) count as answers of their own.
    func response(hasBody: Bool = true, within time: TimeAmount = .seconds(10)) async throws -> RawResponse {
        try await take(within: time) { bytes, _ in RawResponse.take(from: &bytes, hasBody: hasBody) }
    }

    func responses(_ count: Int) async throws -> [RawResponse] {
        var found: [RawResponse] = []
        for _ in 0..<count { found.append(try await response()) }
        return found
    }

    /// Whatever comes until the other side ends its part.
    @discardableResult
    func readToEnd(within time: TimeAmount = .seconds(10)) async throws -> [UInt8] {
        try await take(within: time) { bytes, hasEnded in
            guard hasEnded else { return nil }
            defer { bytes = [] }
            return Array(bytes)
        }
    }

    /// Whether the connection ended with an error, such as a reset.
    func wasReset() async throws -> Bool {
        let collector = collector
        return try await channel.eventLoop.submit { collector.value.error != nil }.get()
    }

    private func take<T: Sendable>(
        within time: TimeAmount,
        _ read: @escaping @Sendable (inout ArraySlice<UInt8>, _ hasEnded: Bool) -> T?
    ) async throws -> T {
        let collector = collector
        let loop = channel.eventLoop
        return try await loop.flatSubmit {
            let promise = loop.makePromise(of: T.self)
            collector.value.wait(for: time, on: loop, promise, read)
            return promise.futureResult
        }.get()
    }
}

/// Keeps what a connection receives. Confined to its event loop.
private final class ByteCollector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let greeting: String
    private var received: ArraySlice<UInt8> = []
    private var hasEnded = false
    private(set) var error: (any Error)?
    private var check: (() -> Void)?

    init(greeting: String) {
        self.greeting = greeting
    }

    func channelActive(context: ChannelHandlerContext) {
        guard !greeting.isEmpty else { return }
        context.channel.writeAndFlush(ByteBuffer(string: greeting), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += ByteCollector.unwrapInboundIn(data).readableBytesView
        check?()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { end() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.error = error
        context.close(promise: nil)
    }

    private func end() {
        hasEnded = true
        check?()
    }

    func wait<T: Sendable>(
        for time: TimeAmount,
        on loop: any EventLoop,
        _ promise: EventLoopPromise<T>,
        _ read: @escaping (inout ArraySlice<UInt8>, Bool) -> T?
    ) {
        let timer = loop.assumeIsolated().scheduleTask(in: time) {
            self.check = nil
            promise.fail(RawClient.Failure.notInTime(received: self.receivedText))
        }
        check = {
            let value = read(&self.received, self.hasEnded)
            guard value != nil || self.hasEnded else { return }
            self.check = nil
            timer.cancel()
            if let value {
                promise.succeed(value)
            } else {
                promise.fail(RawClient.Failure.ended(received: self.receivedText))
            }
        }
        check?()
    }

    private var receivedText: String { String(decoding: received.prefix(500), as: UTF8.self) }
}
