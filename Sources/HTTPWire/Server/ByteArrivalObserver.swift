internal import NIOCore

/// Tells a connection that bytes came, before the codec makes parts of them: a head that trickles in is seen by nothing
/// else. Drops what nobody will read, for the codec would keep it. Confined to the channel's event loop.
final class ByteArrivalObserver: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: ServerConnection

    init(connection: ServerConnection) {
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if connection.bytesArrived(unwrapInboundIn(data)) { context.fireChannelRead(data) }
    }
}
