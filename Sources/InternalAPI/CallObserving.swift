package import HTTPWire
package import Messaging

/// Told of the end of every call, for metrics and the log. One instance serves one event loop and is only called on it;
/// it must not block.
package protocol CallObserving: AnyObject {
    func ended(_ end: CallEnd)
    /// Something came that never was a request.
    func refused(_ kind: ProblemKind, from peer: Peer)
}
