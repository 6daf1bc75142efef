package import NIOCore

/// An answer whose body comes bit by bit and ends with its connection (RFC 9112 section 6.3). Confined to the
/// connection's event loop.
package struct ReplyStream {
    let connection: any ReplyTaking
    let exchange: UInt64

    /// - Returns: false where the client has gone, or takes so little that it was cut off.
    package func write(_ bytes: ByteBuffer) -> Bool {
        connection.writeToStream(bytes, for: exchange)
    }

    package func end() {
        connection.endStream(exchange)
    }
}
