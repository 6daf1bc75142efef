internal import NIOCore
internal import NIOSSL
private import NIOTLS

/// What a connection is told of the TLS in front of it, and how TLS is told of the connection's end. Confined to the
/// channel's event loop.
///
/// - Once the handshake is done, a client's certificate goes on as a `PeerCertificate`.
/// - Who is answered before the handshake is over is turned away, as one connection too many, and isn't told why: that
///   would take a handshake.
/// - A client that ends its side without a word of TLS has ended its side, as without TLS: its requests have lengths
///   and can't be cut unseen, so what it asked is still answered. TLS itself closes after every other error.
/// - A connection that closes says so (`close_notify`) and is gone; waiting for the other side's word would be for
///   nothing (RFC 8446 section 6.1).
final class TLSConnectionEnd: ChannelInboundHandler, ChannelOutboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let tls: NIOSSLServerHandler
    private let limit: TLSHandshakeLimit
    private var isThrough = false

    init(tls: NIOSSLServerHandler, limit: TLSHandshakeLimit) {
        self.tls = tls
        self.limit = limit
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case TLSUserEvent.handshakeCompleted = event else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        isThrough = true
        limit.handshakeCompleted()
        if let certificate = tls.peerCertificate.flatMap(PeerCertificate.init) {
            context.fireUserInboundEventTriggered(certificate)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard
            error is NIOSSLError || error is BoringSSLError || error is NIOSSLCloseTimedOutError
                || error is NIOSSLExtraError
        else {
            context.fireErrorCaught(error)
            return
        }
        if !isThrough { limit.report(FailedHandshake.reason(of: error) ?? FailedHandshake.gone) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isThrough else {
            context.write(data, promise: promise)
            return
        }
        promise?.fail(ChannelError.ioOnClosedChannel)
        limit.cutOff()
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        context.close(mode: mode, promise: promise)
        if case .all = mode { limit.cutOff() }
    }
}
