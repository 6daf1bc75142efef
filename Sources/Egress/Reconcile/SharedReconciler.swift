package import Delivery
internal import Messaging
internal import NIOCore
private import Synchronization

/// What all event loops tell of messages that leave, and the way to the one that looks for those that are in doubt.
package final class SharedReconciler: Sendable {
    private let isEnabled: Bool
    private let reconciler: Mutex<Reconciler>
    private let host = Mutex<NIOLoopBound<ReconcileSearch>?>(nil)

    package init(settings: ReconcileSettings) {
        isEnabled = settings.isEnabled
        reconciler = Mutex(Reconciler(settings: settings, now: SharedReconciler.now))
    }

    /// Of a clock that nobody sets: what is compared here was all seen by this process.
    static var now: Int64 { SharedUpstreamRules.now() }

    func use<Result>(_ use: (inout Reconciler) -> Result) -> Result {
        reconciler.withLock { reconciler in use(&reconciler) }
    }

    /// The first loop that asks reads for all.
    func join(_ make: () -> NIOLoopBound<ReconcileSearch>) {
        host.withLock { host in
            if host == nil { host = make() }
        }
    }

    // MARK: Messages

    func departing(_ exchange: SendExchange) {
        guard isEnabled, case .text(let text) = exchange.draft.content else { return }
        let lane = SharedReconciler.lane(of: exchange)
        use { $0.departing(exchange.message, lane: lane, text: text, now: SharedReconciler.now) }
    }

    /// - Parameter recorded: whether the trail has the outcome.
    func ended(_ exchange: SendExchange, _ end: UpstreamEnd) {
        guard isEnabled, case .text(let text) = exchange.draft.content else { return }
        let lane = SharedReconciler.lane(of: exchange)
        switch OutcomeRule.outcome(of: end.result) {
        case .sent: break
        case .notSent: use { $0.returned(exchange.message, lane: lane) }
        case .unknown:
            guard exchange.call.userToken != nil, lane.conversation != nil else { return }
            let candidate = ReconcileCandidate(
                message: exchange.message, lane: lane, text: text, isFromBot: exchange.draft.sender == .bot,
                began: SharedUpstreamRules.microseconds(end.started),
                ended: SharedUpstreamRules.microseconds(end.received)
            )
            let isTaken = use { $0.doubt(candidate) }
            guard let host = host.withLock({ $0 }) else { return }
            host.eventLoop.execute { host.value.look(for: exchange, isTaken: isTaken) }
        }
    }

    private static func lane(of exchange: SendExchange) -> ReconcileLane {
        let conversation: String? =
            switch exchange.draft.target {
            case .conversation(let conversation): conversation.text
            case .user: nil
            }
        return ReconcileLane(app: exchange.call.caller.app, conversation: conversation)
    }
}
