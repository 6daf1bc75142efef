/// What stands behind a server: it is asked before a body is read, and again when the body is there.
///
/// One instance serves one event loop and is only called on it; it must not block.
package protocol HTTPResponder {
    func admit(_ head: RequestHead, from peer: Peer) -> Admission
    /// The answer to something that never became a request. The connection closes after it.
    func response(to violation: ProtocolViolation) -> Response
    /// Told of what was answered so, where `admit` was not asked.
    func refused(_ violation: ProtocolViolation, from peer: Peer)
}

extension HTTPResponder {
    package func refused(_ violation: ProtocolViolation, from peer: Peer) {}
}
