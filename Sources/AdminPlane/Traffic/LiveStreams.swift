internal import HTTPWire
internal import NIOCore

/// The connections on which calls are followed as they end: server-sent events (WHATWG HTML section 9.2). Confined to
/// one event loop.
final class LiveStreams {
    static let maximum = 16
    /// After so long a stream ends; its browser asks again, and is asked again who it is.
    private static let lifetime: TimeAmount = .minutes(15)
    private static let interval: TimeAmount = .milliseconds(250)
    /// Something is said at least so often, so that a proxy doesn't take the silence for the end.
    private static let quiet: TimeAmount = .seconds(15)

    private struct Stream {
        let reply: ReplyStream
        let ends: NIODeadline
    }

    private let eventLoop: any EventLoop
    private let calls: LiveCalls
    private var streams: [Int: Stream] = [:]
    private var lastNumber = 0
    private var said = NIODeadline.now()
    private var task: Scheduled<Void>?

    init(eventLoop: any EventLoop, calls: LiveCalls) {
        (self.eventLoop, self.calls) = (eventLoop, calls)
    }

    var isFull: Bool { streams.count >= LiveStreams.maximum }

    func begin(_ reply: Reply, head: Response) {
        lastNumber += 1
        let number = lastNumber
        guard let stream = reply.stream(head, whenAbandoned: { self.end(number) }) else { return }
        streams[number] = Stream(reply: stream, ends: .now() + LiveStreams.lifetime)
        calls.setWatchers(streams.count)
        if !stream.write(ByteBuffer(string: "retry: 2000\n\n")) { end(number) }
        guard task == nil else { return }
        schedule()
    }

    private func end(_ number: Int) {
        streams[number] = nil
        calls.setWatchers(streams.count)
        guard streams.isEmpty else { return }
        task?.cancel()
        task = nil
    }

    private func schedule() {
        task = eventLoop.assumeIsolated().scheduleTask(in: LiveStreams.interval) {
            self.flush()
            if !self.streams.isEmpty { self.schedule() }
        }
    }

    private func flush() {
        let now = NIODeadline.now()
        let (lines, dropped) = calls.take()
        var bytes = ByteBuffer()
        for line in lines {
            bytes.writeStaticString("event: call\ndata: ")
            bytes.writeBytes(line)
            bytes.writeStaticString("\n\n")
        }
        if dropped > 0 { bytes.writeString("event: dropped\ndata: \(dropped)\n\n") }
        if bytes.readableBytes == 0, now >= said + LiveStreams.quiet { bytes.writeStaticString(": quiet\n\n") }
        if bytes.readableBytes > 0 { said = now }
        for (number, stream) in streams {
            if bytes.readableBytes > 0, !stream.reply.write(bytes) {
                end(number)
            } else if now >= stream.ends {
                stream.reply.end()
                end(number)
            }
        }
    }
}
