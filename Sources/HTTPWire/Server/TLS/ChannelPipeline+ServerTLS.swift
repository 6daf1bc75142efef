internal import NIOCore
internal import NIOSSL

extension ChannelPipeline.SynchronousOperations {
    /// Puts TLS in front of what is added after it.
    func addServerTLS(_ tls: ListenerTLS, handshake: TimeAmount) throws {
        let limit = TLSHandshakeLimit(handshake, failed: tls.failed)
        let handler = NIOSSLServerHandler(context: tls.context)
        try addHandlers([limit, handler, TLSConnectionEnd(tls: handler, limit: limit)])
    }
}
