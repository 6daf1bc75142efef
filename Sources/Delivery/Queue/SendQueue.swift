package import Messaging

/// Messages that wait to be sent: which one is next, when one is tried again, when it is too late for it.
///
/// Those of one lane, which is whom they go to, are sent in the order in which they came, one at a time: who is behind
/// one that has to be tried again waits with it. Decides, and does nothing. `now` is in microseconds since 1970, for
/// what it compares outlives the process; a clock that jumps makes messages early or late and does nothing else.
package struct SendQueue: Sendable {
    private enum Stage: Sendable, Hashable {
        case waiting
        /// Given out, and no byte has left.
        case preparing
        case underWay
    }

    private struct Entry: Sendable {
        let lane: String
        let expires: Int64
        var attempts: Int
        /// How often it was tried by this process, each time with one or more attempts.
        var failures = 0
        var retryAt: Int64
        var stage = Stage.waiting
        /// Whether its end was passed over in the agenda while it was under way.
        var isEndPassed = false
    }

    /// Times of messages that are gone are left out once there are more of them than of the others, and these.
    private static let spare = 64

    package var settings: SendQueueSettings
    private var entries: [MessageID: Entry] = [:]
    /// Each lane's messages in their order.
    private var lanes: [String: [MessageID]] = [:]
    /// When the first of each lane is due, and when messages expire. What isn't so any more is passed over.
    private var agenda = SendQueueAgenda()
    /// Those that are due, and wait until fewer are under way.
    private var ready: [MessageID] = []
    private var underWay = 0

    package init(settings: SendQueueSettings) {
        self.settings = settings
    }

    package var count: Int { entries.count }

    /// What is still in the queue.
    package func contains(_ message: MessageID) -> Bool { entries[message] != nil }

    /// Takes a message in. Nothing happens where it is here already.
    package mutating func add(_ message: MessageID, lane: String, expires: Int64, attempts: Int = 0, retryAt: Int64 = 0)
    {
        guard entries[message] == nil else { return }
        entries[message] = Entry(lane: lane, expires: expires, attempts: attempts, retryAt: retryAt)
        agenda.add(expires, message)
        lanes[lane, default: []].append(message)
        if lanes[lane]?.first == message { agenda.add(retryAt, message) }
    }

    /// What is due now.
    package mutating func advance(now: Int64) -> [SendQueueStep] {
        var steps: [SendQueueStep] = []
        while let (time, message) = agenda.takeFirst(until: now) {
            guard let entry = entries[message] else { continue }
            guard entry.stage == .waiting else {
                if time == entry.expires { entries[message]?.isEndPassed = true }
                continue
            }
            if entry.expires <= now {
                remove(message, now: now)
                steps.append(.expire(message, attempts: entry.attempts))
            } else if lanes[entry.lane]?.first == message, entry.retryAt <= now {
                ready.append(message)
            }
        }
        // Whoever is gone, or was seen twice, is left out on the way.
        var seen = 0
        while seen < ready.count, underWay < settings.maximumUnderWay {
            let message = ready[seen]
            seen += 1
            guard let entry = entries[message], entry.stage == .waiting else { continue }
            guard entry.retryAt <= now else {
                // The clock was set back.
                agenda.add(entry.retryAt, message)
                continue
            }
            entries[message]?.stage = .preparing
            underWay += 1
            steps.append(.attempt(message))
        }
        ready.removeFirst(seen)
        return steps
    }

    /// When `advance` is to be called next; nil where nothing waits for a time.
    package var nextEvent: Int64? {
        !ready.isEmpty && underWay < settings.maximumUnderWay ? .min : agenda.first
    }

    /// A byte is about to leave. False where the message was taken back or expired meanwhile: then none may.
    package mutating func begun(_ message: MessageID, now: Int64) -> Bool {
        guard let entry = entries[message], entry.stage == .preparing, now < entry.expires else { return false }
        entries[message]?.stage = .underWay
        return true
    }

    /// When it is too late to begin an attempt; nil for what isn't here.
    package func expiry(of message: MessageID) -> Int64? { entries[message]?.expires }

    /// It could not be tried: that counts for nothing.
    package mutating func postponed(_ message: MessageID, until time: Int64) {
        guard let entry = entries[message], entry.stage != .waiting else { return }
        wait(message, until: time)
    }

    package mutating func ended(
        _ message: MessageID, _ end: SendQueueEnd, jitter: Double, now: Int64
    ) -> SendQueueFollowUp {
        guard let entry = entries[message] else { return .finished(attempts: 0) }
        guard case .notSent(let made, let retryAfterSeconds) = end else {
            remove(message, now: now)
            return .finished(attempts: entry.attempts)
        }
        let (attempts, failures) = (entry.attempts + made, entry.failures + 1)
        let delay = SendQueueRule.delay(failures: failures, retryAfterSeconds: retryAfterSeconds, jitter: jitter)
        entries[message]?.attempts = attempts
        entries[message]?.failures = failures
        // Who would be late then is told at its end, and not before: a place may come free earlier than was said.
        wait(message, until: min(now + delay, max(entry.expires - 1, now)))
        return .deferred(attempts: attempts, until: min(now + delay, entry.expires))
    }

    package mutating func cancel(_ message: MessageID, now: Int64) -> SendQueueCancel {
        guard let entry = entries[message] else { return .notInQueue }
        guard entry.stage != .underWay else { return .underWay }
        remove(message, now: now)
        return .cancelled(attempts: entry.attempts)
    }

    // MARK: Places

    private mutating func wait(_ message: MessageID, until time: Int64) {
        underWay -= 1
        entries[message]?.stage = .waiting
        entries[message]?.retryAt = time
        agenda.add(time, message)
        guard let entry = entries[message], entry.isEndPassed else { return }
        entries[message]?.isEndPassed = false
        agenda.add(entry.expires, message)
    }

    private mutating func remove(_ message: MessageID, now: Int64) {
        guard let entry = entries.removeValue(forKey: message) else { return }
        if entry.stage != .waiting { underWay -= 1 }
        // Two times for each that is here, and one more where the clock was set back.
        if agenda.count > 4 * entries.count + SendQueue.spare { agenda.keep { entries[$0] != nil } }
        let wasFirst = lanes[entry.lane]?.first == message
        lanes[entry.lane]?.removeAll { $0 == message }
        guard let next = lanes[entry.lane]?.first else {
            lanes[entry.lane] = nil
            return
        }
        if wasFirst, let due = entries[next]?.retryAt { agenda.add(due, next) }
    }
}
