import HTTPWire
import NIOCore
import NIOPosix
import Synchronization

/// An upstream that does what a test tells it, byte by byte, and remembers what it saw.
final class ScriptedServer: Sendable {
    enum Event: Sendable, Equatable {
        case accepted(Int)
        /// A whole request, with the number of the connection that it came on.
        case request(Int, String)
        case closed(Int)
    }

    enum Step: Sendable {
        case write(String)
        case close
        /// Closes with a reset instead of an end.
        case reset
    }

    /// What is done about the n-th request on a connection, given its text.
    typealias Script = @Sendable (_ connection: Int, _ request: Int, _ text: String) -> [Step]

    let log = EventLog<Event>()
    let port: Int
    private let listener: any Channel
    private let connections: Connections

    /// The channels by the order in which they were accepted.
    private final class Connections: Sendable {
        let channels = Mutex<[any Channel]>([])
    }

    var origin: Origin {
        get throws {
            guard let origin = Origin("http://127.0.0.1:\(port)") else { throw ChannelError.unknownLocalAddress }
            return origin
        }
    }

    private init(listener: any Channel, connections: Connections, port: Int) {
        self.listener = listener
        self.connections = connections
        self.port = port
    }

    /// Runs a server for as long as the body runs.
    ///
    /// - Parameters:
    ///   - accepts: false for one that takes no connection out of the system's queue of one.
    ///   - greeting: what is done as soon as a connection is there.
    static func run(
        accepts: Bool = true,
        greeting: [Step] = [],
        script: @escaping Script = { _, _, _ in [.write(ok("fine"))] },
        _ body: (ScriptedServer) async throws -> Void
    ) async throws {
        let connections = Connections()
        let relay = EventRelay()
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: Int32(accepts ? 256 : 1))
            .serverChannelOption(.autoRead, value: accepts)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let number = connections.channels.withLock { channels in
                        channels.append(channel)
                        return channels.count - 1
                    }
                    let handler = ScriptedConnection(number: number, greeting: greeting, script: script, relay: relay)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = listener.localAddress?.port ?? 0
        let server = ScriptedServer(listener: listener, connections: connections, port: port)
        relay.forward(to: server.log)
        do {
            try await body(server)
        } catch {
            await server.end()
            throw error
        }
        await server.end()
    }

    private func end() async {
        try? await listener.close().get()
        for channel in connections.channels.withLock({ $0 }) { try? await channel.close().get() }
    }

    /// Does something on a connection without being asked.
    func perform(_ steps: [Step], on connection: Int) async throws {
        let channel = connections.channels.withLock { $0[connection] }
        try await channel.eventLoop.submit { ScriptedConnection.perform(steps, on: channel) }.get()
    }

    var acceptedCount: Int {
        log.events.count { if case .accepted = $0 { true } else { false } }
    }

    /// The first requests, each with its connection, once there are so many.
    @discardableResult
    func waitForRequests(_ count: Int) async throws -> [(connection: Int, text: String)] {
        let events = try await log.wait { events in
            events.count { if case .request = $0 { true } else { false } } >= count
        }
        return events.compactMap { if case .request(let connection, let text) = $0 { (connection, text) } else { nil } }
    }

    var requests: [String] {
        log.events.compactMap { if case .request(_, let text) = $0 { text } else { nil } }
    }

    /// An answer with that body.
    static func ok(_ body: String, status: String = "200 OK", fields: String = "") -> String {
        "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)"
    }
}

/// Holds events until there is a log for them.
private final class EventRelay: Sendable {
    private struct State: Sendable {
        var log: EventLog<ScriptedServer.Event>?
        var early: [ScriptedServer.Event] = []
    }

    private let state = Mutex(State())

    func forward(to log: EventLog<ScriptedServer.Event>) {
        let early = state.withLock { state in
            state.log = log
            return state.early
        }
        early.forEach(log.append)
    }

    func append(_ event: ScriptedServer.Event) {
        let log = state.withLock { state in
            if state.log == nil { state.early.append(event) }
            return state.log
        }
        log?.append(event)
    }
}

/// One connection of the scripted server. Confined to its event loop.
private final class ScriptedConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let number: Int
    private let greeting: [ScriptedServer.Step]
    private let script: ScriptedServer.Script
    private let relay: EventRelay
    private var received: ArraySlice<UInt8> = []
    private var count = 0

    init(number: Int, greeting: [ScriptedServer.Step], script: @escaping ScriptedServer.Script, relay: EventRelay) {
        self.number = number
        self.greeting = greeting
        self.script = script
        self.relay = relay
    }

    func channelActive(context: ChannelHandlerContext) {
        relay.append(.accepted(number))
        ScriptedConnection.perform(greeting, on: context.channel)
    }

    func channelInactive(context: ChannelHandlerContext) {
        relay.append(.closed(number))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += ScriptedConnection.unwrapInboundIn(data).readableBytesView
        while let text = takeRequest() {
            relay.append(.request(number, text))
            count += 1
            ScriptedConnection.perform(script(number, count - 1, text), on: context.channel)
        }
    }

    /// A whole request by its `Content-Length`.
    private func takeRequest() -> String? {
        guard let end = received.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: received[..<end.lowerBound], as: UTF8.self)
        let field = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length: ") }
        let length = field.flatMap { Int($0.dropFirst("content-length: ".count)) } ?? 0
        guard received.endIndex - end.upperBound >= length else { return nil }
        let whole = received[..<(end.upperBound + length)]
        received = received[whole.endIndex...]
        return String(decoding: whole, as: UTF8.self)
    }

    static func perform(_ steps: [ScriptedServer.Step], on channel: any Channel) {
        for step in steps {
            switch step {
            case .write(let text): channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
            case .close: channel.close(promise: nil)
            case .reset:
                if let options = channel as? any SocketOptionProvider {
                    options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in }
                }
                channel.close(promise: nil)
            }
        }
    }
}
