internal import NIOCore

/// Tells a connection that bytes came, before the codec makes parts of them: a head that trickles in is seen by nothing
/// else. Confined to the channel's event loop.
final class ByteArrivalObserver: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: ServerConnection

    init(connection: ServerConnection) {
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        connection.bytesArrived()
        context.fireChannelRead(data)
    }
}
