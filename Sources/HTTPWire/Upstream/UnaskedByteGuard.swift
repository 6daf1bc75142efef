internal import NIOCore

/// Closes a connection on which bytes come that nobody asked for, before the codec keeps them: they would be read as
/// the beginning of the next answer. Confined to the channel's event loop.
final class UnaskedByteGuard: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: UpstreamConnection

    init(connection: UpstreamConnection) {
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if connection.bytesArrived(unwrapInboundIn(data)) {
            context.fireChannelRead(data)
        } else {
            context.close(promise: nil)
        }
    }
}
