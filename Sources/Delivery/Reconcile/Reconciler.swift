package import Messaging

/// Looks for messages whose outcome is unknown: when to read which conversation, and what follows from it.
///
/// Decides, and does nothing. A verdict is final and given once; it is `undecidable` wherever there is a doubt: it must
/// never be wrong, for a `not_sent` invites to send again. `now` is in microseconds of a clock that nobody sets.
package struct Reconciler: Sendable {
    private struct Entry: Sendable {
        let candidate: ReconcileCandidate
        var nextRead = 0
        var isReading = false
        /// When it was first found not to be there.
        var absentSince: Int64?
    }

    /// A message that left, or may have.
    private struct Departure: Sendable {
        let message: MessageID
        /// Texts that differ may have the same one, which only means a doubt more; so no text is held for hours.
        let textHash: Int
        let time: Int64
    }

    /// Departures of one lane that are remembered; in a livelier conversation nothing is decided.
    private static let departuresPerLane = 256
    private static let maximumLanes = 50_000
    private static let reading = 1

    private let settings: ReconcileSettings
    /// Of messages that left before, nothing is known.
    private let since: Int64
    private var entries: [MessageID: Entry] = [:]
    private var departures: [ReconcileLane: [Departure]] = [:]
    /// Lanes of which departures were forgotten before their time, until when that matters.
    private var forgotten: [ReconcileLane: Int64] = [:]
    private var allForgottenUntil = Int64.min
    private var lastRead = Int64.min
    private var nextTidying = Int64.min

    package init(settings: ReconcileSettings, now: Int64) {
        (self.settings, since) = (settings, now)
    }

    // MARK: Messages

    /// A message is about to leave.
    package mutating func departing(_ message: MessageID, lane: ReconcileLane, text: String, now: Int64) {
        tidy(now: now)
        if departures[lane] == nil, departures.count >= Reconciler.maximumLanes {
            allForgottenUntil = now + 2 * settings.span
            return
        }
        departures[lane, default: []].append(Departure(message: message, textHash: text.hashValue, time: now))
        if departures[lane, default: []].count > Reconciler.departuresPerLane {
            departures[lane]?.removeFirst()
            forgotten[lane] = now + 2 * settings.span
        }
    }

    /// It was proven not to have been sent.
    package mutating func returned(_ message: MessageID, lane: ReconcileLane) {
        departures[lane]?.removeAll { $0.message == message }
        if departures[lane]?.isEmpty == true { departures[lane] = nil }
    }

    /// Nobody knows whether it was sent.
    ///
    /// - Returns: false where too many are looked for already.
    package mutating func doubt(_ candidate: ReconcileCandidate) -> Bool {
        guard entries.count < settings.maximumCandidates, entries[candidate.message] == nil else { return false }
        entries[candidate.message] = Entry(candidate: candidate)
        return true
    }

    package var count: Int { entries.count }

    // MARK: Reads

    /// The message whose conversation is to be read now; `read` has to be told what came of it.
    package mutating func advance(now: Int64) -> MessageID? {
        guard entries.values.count(where: \.isReading) < Reconciler.reading, nextTime <= now else { return nil }
        let due = entries.values.filter { !$0.isReading && time(of: $0) <= now }
        guard let next = due.min(by: { time(of: $0) < time(of: $1) })?.candidate.message else { return nil }
        entries[next]?.isReading = true
        lastRead = now
        return next
    }

    /// When `advance` is to be called next; nil where nothing waits for a time.
    package var nextEvent: Int64? {
        guard entries.values.count(where: \.isReading) < Reconciler.reading else { return nil }
        return entries.values.lazy.map { time(of: $0) }.min().map { max($0, nextTime) }
    }

    private var nextTime: Int64 { lastRead == .min ? .min : lastRead + settings.interval }

    private func time(of entry: Entry) -> Int64 {
        entry.candidate.ended + settings.reads[min(entry.nextRead, settings.reads.count - 1)]
    }

    /// A conversation was read for a message, or could not be.
    ///
    /// - Parameter asked: when the read began.
    /// - Returns: nil where it is to be read again.
    package mutating func read(
        _ message: MessageID, _ evidence: ConversationEvidence?, asked: Int64, now: Int64
    ) -> ReconcileVerdict? {
        guard var entry = entries[message] else { return nil }
        entry.isReading = false
        entry.nextRead += 1
        let verdict = isTooOld(entry, now: now) ? .undecidable : verdict(on: &entry, evidence, asked: asked)
        let isLast = entry.nextRead >= settings.reads.count
        entries[message] = verdict == nil && !isLast ? entry : nil
        return verdict ?? (isLast ? .undecidable : nil)
    }

    private func verdict(
        on entry: inout Entry, _ evidence: ConversationEvidence?, asked: Int64
    ) -> ReconcileVerdict? {
        let candidate = entry.candidate
        guard let evidence else { return nil }
        switch ReconcileRule.finding(on: candidate, in: evidence, settle: settings.settle) {
        case .present:
            return hasRival(candidate) ? .undecidable : .sent
        case .unclear:
            entry.absentSince = nil
            return nil
        case .absent:
            guard asked >= candidate.ended + settings.settle else { return nil }
            guard let first = entry.absentSince else {
                entry.absentSince = asked
                return nil
            }
            return asked - first >= settings.confirmation ? .notSent : nil
        }
    }

    /// Reads that others had to wait for may come after its rivals were forgotten.
    private func isTooOld(_ entry: Entry, now: Int64) -> Bool {
        now - entry.candidate.began > 3 * settings.span
    }

    /// Whether another message may be the one that is seen.
    private func hasRival(_ candidate: ReconcileCandidate) -> Bool {
        let begin = candidate.began - settings.span
        guard since <= begin, allForgottenUntil < begin else { return true }
        let textHash = candidate.text.hashValue
        return [candidate.lane, candidate.lane.anywhere].contains { lane in
            forgotten[lane, default: .min] >= begin
                || departures[lane, default: []].contains {
                    $0.message != candidate.message && $0.time >= begin && $0.textHash == textHash
                }
        }
    }

    // MARK: Memory

    /// Forgets what can't be taken for anything any more: nothing is looked for longer than three times the
    /// span.
    private mutating func tidy(now: Int64) {
        guard now >= nextTidying else { return }
        nextTidying = now + settings.span / 8
        let oldest = now - 4 * settings.span
        for (lane, all) in departures {
            let kept = all.filter { $0.time >= oldest }
            departures[lane] = kept.isEmpty ? nil : kept
        }
        forgotten = forgotten.filter { $0.value >= oldest }
    }
}
