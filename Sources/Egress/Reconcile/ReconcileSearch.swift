internal import Delivery
private import DivarAPI
private import FoundationEssentials
private import HTTPWire
internal import Journal
internal import Logging
internal import Messaging
private import Metrics
internal import NIOCore

/// Reads conversations for messages in doubt, and has what it finds in the trail. Confined to one event loop.
final class ReconcileSearch {
    private let caller: UpstreamCaller
    private let journal: LoopJournal
    private let shared: SharedReconciler
    private let logger: Logger
    /// What is looked for, with the tokens to read with: in memory only, and not for long.
    private var exchanges: [MessageID: SendExchange] = [:]
    private var timer: Scheduled<Void>?

    init(caller: UpstreamCaller, journal: LoopJournal, shared: SharedReconciler, logger: Logger) {
        (self.caller, self.journal, self.shared, self.logger) = (caller, journal, shared, logger)
    }

    /// - Parameter isTaken: false where there are too many.
    func look(for exchange: SendExchange, isTaken: Bool) {
        guard isTaken else { return settle(exchange, .undecidable) }
        exchanges[exchange.message] = exchange
        pump()
    }

    private func pump() {
        timer?.cancel()
        timer = nil
        if let message = shared.use({ $0.advance(now: SharedReconciler.now) }) { read(message) }
        guard let next = shared.use({ $0.nextEvent }) else { return }
        let delay = max(next - SharedReconciler.now, 1000)
        timer = caller.eventLoop.assumeIsolated().scheduleTask(in: .microseconds(delay)) { self.pump() }
    }

    private func read(_ message: MessageID) {
        let asked = SharedReconciler.now
        guard let exchange = exchanges[message], case .conversation(let conversation) = exchange.draft.target else {
            return ended(message, nil, asked: asked)
        }
        let call = exchange.call
        let deadline = caller.deadline(of: call)
        caller.gate.enter(for: call, purpose: .read, deadline: deadline) { [caller] entered in
            guard case .success(let pass) = entered else { return self.ended(message, nil, asked: asked) }
            let upstream = try? UpstreamExchange(
                .readConversation, for: call, by: caller, deadline: deadline
            ) { DivarRequest(reading: conversation, through: $0) }
            guard let upstream else {
                caller.gate.leave(pass, signal: .unused, isSpent: false)
                return self.ended(message, nil, asked: asked)
            }
            upstream.run(pass) { end in
                self.note(end, of: conversation, call)
                self.ended(message, ReconcileSearch.evidence(end), asked: asked)
            }
        }
    }

    /// It is a read like any other to who asks who read what.
    private func note(_ end: UpstreamEnd, of conversation: ConversationID, _ call: CallContext) {
        var record = RecordDraft(reading: conversation, for: call, end: end)
        record.knownBy = RecordKind.reconciliation.rawValue
        journal.note(record)
    }

    private static let slowest: TimeAmount = .seconds(2)

    private static func evidence(_ end: UpstreamEnd) -> ConversationEvidence? {
        guard case .answered(.conversation(let conversation), _) = end.result else { return nil }
        let now = Int64(Date().timeIntervalSince1970 * 1_000_000)
        let date = end.caching?.date.flatMap { HTTPDate.unixSeconds($0, now: Int(now / 1_000_000)) }
        // A Date is that of its second's begin; nobody knows how long ago an answer that took long was dated.
        guard let date, end.received - end.requested <= slowest else {
            return ConversationEvidence(conversation, divarAhead: 0, clockOffset: nil)
        }
        let divar = Int64(date) * 1_000_000 + 500_000
        return ConversationEvidence(
            conversation, divarAhead: divar - SharedUpstreamRules.microseconds(end.received),
            clockOffset: divar - now)
    }

    private func ended(_ message: MessageID, _ evidence: ConversationEvidence?, asked: Int64) {
        let verdict = shared.use { $0.read(message, evidence, asked: asked, now: SharedReconciler.now) }
        if let verdict, let exchange = exchanges.removeValue(forKey: message) { settle(exchange, verdict) }
        pump()
    }

    private func settle(_ exchange: SendExchange, _ verdict: ReconcileVerdict) {
        var record = RecordDraft(.reconciliation)
        record.reconciled = verdict.rawValue
        record.traceID = exchange.call.trace.traceID
        let labels = [("verdict", verdict.rawValue)]
        Counter(label: "divar_gateway_reconciliations_total", dimensions: labels).increment()
        _ = journal.submit(.reconciliation(record, of: exchange.message)) { _ in }
        logger.notice(
            "a message in doubt was looked for",
            metadata: ["message_id": "\(exchange.message)", "reconciled": "\(verdict.rawValue)"])
    }
}
