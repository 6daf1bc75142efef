internal import AdminPlane
internal import HTTPWire
internal import InternalAPI
internal import Messaging
private import StrictJSON

/// Has every call counted and logged. Confined to one event loop.
final class CallObserver: CallObserving {
    private let metrics = CallMetrics()
    /// Nil where no lines are wanted.
    private let log: RequestLog?
    /// Where those who follow calls see them.
    private let live: LiveCalls

    init(log: RequestLog?, live: LiveCalls) {
        (self.log, self.live) = (log, live)
    }

    func ended(_ end: CallEnd) {
        metrics.count(end)
        log?.write(end)
        if live.isWatched, !end.isProbe { live.put(JSONWriter.bytes(.object(RequestLog.members(of: end)))) }
    }

    func refused(_ kind: ProblemKind, from peer: Peer) {
        metrics.count(kind, in: "none")
        log?.write(kind, from: peer)
    }
}
