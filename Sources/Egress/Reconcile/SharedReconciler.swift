package import Delivery
private import FoundationEssentials
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

    static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }

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
        guard isEnabled, let (lane, text) = SharedReconciler.place(of: exchange) else { return }
        use { $0.departing(exchange.message, lane: lane, text: text, now: SharedReconciler.now) }
    }

    /// - Parameter recorded: whether the trail has the outcome.
    func ended(_ exchange: SendExchange, _ end: UpstreamEnd) {
        guard isEnabled, let (lane, text) = SharedReconciler.place(of: exchange) else { return }
        switch OutcomeRule.outcome(of: end.result) {
        case .sent: break
        case .notSent: use { $0.returned(exchange.message, lane: lane) }
        case .unknown:
            guard exchange.call.userToken != nil else { return }
            let now = SharedReconciler.now
            let candidate = ReconcileCandidate(
                message: exchange.message, lane: lane, text: text, isFromBot: exchange.draft.sender == .bot,
                began: now - (end.received - end.started).nanoseconds / 1000, ended: now
            )
            let isTaken = use { $0.doubt(candidate) }
            guard let host = host.withLock({ $0 }) else { return }
            host.eventLoop.execute { host.value.look(for: exchange, isTaken: isTaken) }
        }
    }

    private static func place(of exchange: SendExchange) -> (lane: String, text: String)? {
        guard case .conversation(let conversation) = exchange.draft.target,
            case .text(let text) = exchange.draft.content
        else { return nil }
        return ("\(exchange.call.caller.app.text)/\(conversation.text)", text)
    }
}
