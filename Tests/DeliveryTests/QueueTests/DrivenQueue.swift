import Delivery
import Messaging

/// A queue behind a reference, so that a test can ask and expect in one line.
final class DrivenQueue {
    private(set) var queue: SendQueue

    init(atOnce: Int = 16) {
        var settings = SendQueueSettings()
        settings.maximumUnderWay = atOnce
        queue = SendQueue(settings: settings)
    }

    var count: Int { queue.count }
    var nextEvent: Int64? { queue.nextEvent }

    func contains(_ message: MessageID) -> Bool { queue.contains(message) }

    func add(_ message: MessageID, lane: String, expires: Int64, attempts: Int = 0, retryAt: Int64 = 0) {
        queue.add(message, lane: lane, expires: expires, attempts: attempts, retryAt: retryAt)
    }

    func advance(now: Int64) -> [SendQueueStep] { queue.advance(now: now) }

    func begun(_ message: MessageID, now: Int64 = 0) -> Bool { queue.begun(message, now: now) }

    func postponed(_ message: MessageID, until time: Int64) { queue.postponed(message, until: time) }

    func ended(_ message: MessageID, _ end: SendQueueEnd, jitter: Double = 0, now: Int64) -> SendQueueFollowUp {
        queue.ended(message, end, jitter: jitter, now: now)
    }

    func cancel(_ message: MessageID, now: Int64) -> SendQueueCancel { queue.cancel(message, now: now) }
}
