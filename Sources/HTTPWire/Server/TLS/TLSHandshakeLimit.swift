internal import NIOCore

/// Cuts off a connection whose handshake takes too long. Stands between the socket and TLS, and so closes without a
/// word of TLS. Confined to the channel's event loop.
final class TLSHandshakeLimit: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let limit: TimeAmount
    private var timer: Scheduled<Void>?
    private var context: ChannelHandlerContext?

    init(_ limit: TimeAmount) {
        self.limit = limit
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: limit) { self.cutOff() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        self.context = nil
    }

    func handshakeCompleted() {
        timer?.cancel()
        timer = nil
    }

    /// Closes the socket at once.
    func cutOff() {
        context?.close(promise: nil)
    }
}
