internal import NIOCore

/// Cuts off a connection whose handshake takes too long. Stands between the socket and TLS, and so closes without a
/// word of TLS. Confined to the channel's event loop.
final class TLSHandshakeLimit: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let limit: TimeAmount
    private let failed: FailedHandshake.Report
    private var timer: Scheduled<Void>?
    private var context: ChannelHandlerContext?

    init(_ limit: TimeAmount, failed: @escaping FailedHandshake.Report) {
        (self.limit, self.failed) = (limit, failed)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: limit) {
            self.report(FailedHandshake.tooLong)
            self.cutOff()
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        self.context = nil
    }

    /// The handshake came to nothing: said once.
    func report(_ reason: String) {
        guard let context, timer != nil else { return }
        handshakeCompleted()
        failed(FailedHandshake(context.channel.remoteAddress, reason: reason))
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
