package import Delivery
internal import Journal
internal import Messaging
internal import NIOCore
private import Synchronization

/// The way of all event loops to the one that sends what waits in the queue.
package final class SharedSendQueue: Sendable {
    let settings: SendQueueSettings
    private let host = Mutex<NIOLoopBound<QueueDispatcher>?>(nil)
    private let count = Mutex(0)

    package init(settings: SendQueueSettings) {
        self.settings = settings
    }

    /// The first loop that asks sends for all, from `begin` on.
    func join(_ make: () -> NIOLoopBound<QueueDispatcher>) {
        host.withLock { host in
            if host == nil { host = make() }
        }
    }

    /// Called once nothing can keep the gateway from serving: a start that fails must not have touched what waits.
    package func begin() {
        perform { $0.start() }
    }

    /// Takes a place for a message that is to wait; false where there is none.
    func takePlace() -> Bool {
        count.withLock { count in
            guard count < settings.maximumMessages else { return false }
            count += 1
            return true
        }
    }

    func givePlaceBack() {
        count.withLock { $0 -= 1 }
    }

    /// A message that was found in the queue has a place, whatever the limit.
    func noteFound() {
        count.withLock { $0 += 1 }
    }

    package var waiting: Int { count.withLock { $0 } }

    func perform(_ task: @escaping @Sendable (QueueDispatcher) -> Void) {
        guard let host = host.withLock({ $0 }) else { return }
        host.eventLoop.execute { task(host.value) }
    }

    /// Begins no attempt any more, and comes back once none is under way or the time is up.
    package func stop(within drain: Duration) async {
        await withCheckedContinuation { (stopped: CheckedContinuation<Void, Never>) in
            guard host.withLock({ $0 != nil }) else { return stopped.resume() }
            perform { $0.stop(within: TimeAmount(drain)) { stopped.resume() } }
        }
    }
}
