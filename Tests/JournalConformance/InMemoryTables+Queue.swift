import Foundation
internal import Journal
internal import Messaging

/// The queue of messages that wait to be sent, and what the records tell of calls.
extension InMemoryTables {
    func queue(after message: MessageID?, limit: Int, withFailed: Bool = true) -> [QueuedMessage] {
        let behind = queue.values.filter { queued in
            (withFailed || queued.state != .failed)
                && message.map { InMemoryTables.isOlder($0, queued.message) } ?? true
        }
        return behind.sorted { InMemoryTables.isOlder($0.message, $1.message) }.prefix(limit).map { queued in
            var queued = queued
            queued.payload = []
            return queued
        }
    }

    mutating func write(_ change: QueueChange) throws(JournalStoreError) {
        switch change {
        case .add(let queued):
            guard queue.updateValue(queued, forKey: queued.message) == nil else {
                throw JournalStoreError(.other, "message \(queued.message) is in the queue already")
            }
        case .update(let message, let state, let attempts, let expires, let retryAt):
            queue[message]?.state = state
            queue[message]?.attempts = attempts
            queue[message]?.expires = expires
            queue[message]?.retryAt = retryAt
            if state == .failed, messages[message]?.isErased == true { queue[message] = nil }
        case .remove(let message):
            queue[message] = nil
        case .take(let message):
            guard queue.removeValue(forKey: message) != nil else {
                throw JournalStoreError(.other, "message \(message) is not in the queue any more")
            }
        }
    }

    func uses(since unixMicroseconds: Int64) -> [RecordedUse] {
        let lowest = MessageID(lowestAt: UInt64(max(0, unixMicroseconds / 1000 - 86_400_000)))
        let from = checkpoints.values.filter { $0.at < unixMicroseconds }.map(\.size).max() ?? 0
        var uses: [RecordedUse: Int] = [:]
        func note(_ intent: RecordView?, _ end: RecordView?, count: Int) {
            guard let app = intent?["app"].flatMap(AppName.init),
                let caller = intent?["caller"].flatMap(CallerName.init),
                let at = (end ?? intent)?["at"], let minute = InMemoryTables.minute(of: at)
            else { return }
            uses[RecordedUse(app: app, caller: caller, endedBefore: minute + 60_000_000, count: 0), default: 0] += count
        }
        for row in messages.values where !InMemoryTables.isOlder(row.opened.message, lowest) {
            guard row.outcome ?? row.opened.intent > from, queue[row.opened.message]?.state ?? .failed == .failed
            else { continue }
            guard let intent = records[row.opened.intent].flatMap({ RecordView($0.body) }) else { continue }
            let outcome = row.outcome.flatMap { records[$0] }.flatMap { RecordView($0.body) }
            note(intent, outcome, count: outcome?.integer("attempts") ?? 1)
        }
        let last = records.keys.max().flatMap { records[$0] }.flatMap { RecordView($0.body)?["at"] }
        for queued in queue.values where queued.state != .failed {
            let count = queued.attempts + (queued.state == .attempting ? 1 : 0)
            let minute =
                queued.retryAt > 0
                ? queued.retryAt / 60_000_000 * 60_000_000 : last.flatMap(InMemoryTables.minute) ?? 0
            guard count > 0 else { continue }
            let use = RecordedUse(
                app: queued.app, caller: queued.caller, endedBefore: minute + 60_000_000, count: 0)
            uses[use, default: 0] += count
        }
        for record in records.values where record.number > from {
            guard let view = RecordView(record.body), view["kind"] == "read", let attempts = view.integer("attempts")
            else { continue }
            note(view, nil, count: attempts)
        }
        return uses.map { use, count in
            RecordedUse(app: use.app, caller: use.caller, endedBefore: use.endedBefore, count: count)
        }
    }

    private static func minute(of time: String) -> Int64? {
        let format = ISO8601DateFormatter()
        return format.date(from: time.prefix(16) + ":00Z").map { Int64($0.timeIntervalSince1970) * 1_000_000 }
    }
}
