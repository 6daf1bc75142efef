internal import HTTPWire
internal import InternalAPI
internal import Messaging

/// Has every call counted and logged. Confined to one event loop.
final class CallObserver: CallObserving {
    private let metrics = CallMetrics()
    /// Nil where no lines are wanted.
    private let log: RequestLog?

    init(log: RequestLog?) {
        self.log = log
    }

    func ended(_ end: CallEnd) {
        metrics.count(end)
        log?.write(end)
    }

    func refused(_ kind: ProblemKind, from peer: Peer) {
        metrics.count(kind, in: "none")
        log?.write(kind, from: peer)
    }
}
