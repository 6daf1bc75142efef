internal import NIOCore
internal import NIOSSL

extension ChannelPipeline.SynchronousOperations {
    /// Puts TLS in front of what is added after it.
    func addServerTLS(_ context: NIOSSLContext, handshake: TimeAmount) throws {
        let limit = TLSHandshakeLimit(handshake)
        let handler = NIOSSLServerHandler(context: context)
        try addHandlers([limit, handler, TLSConnectionEnd(tls: handler, limit: limit)])
    }
}
