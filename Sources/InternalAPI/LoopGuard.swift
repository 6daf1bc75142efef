package import HTTPWire
internal import Messaging

/// Knows requests that this gateway sent itself, when its upstream turns out to be the gateway. Nothing is done for
/// one.
package struct LoopGuard {
    private let via: ViaPseudonym
    private let report: (Peer) -> Void

    /// - Parameter report: told where one comes.
    package init(via: ViaPseudonym, report: @escaping (Peer) -> Void) {
        self.via = via
        self.report = report
    }

    func isOurOwn(_ head: RequestHead, from peer: Peer) -> Bool {
        guard let field = head.fields[.via], via.isIn(field) else { return false }
        report(peer)
        return true
    }
}

extension Problem {
    /// Whatever it was going to be, nothing of it leaves a second time.
    static var loop: Problem {
        var problem = Problem(
            .loopDetected, detail: "The gateway sent this request itself: its upstream is the gateway.")
        problem.outcome = .notSent
        return problem
    }
}
