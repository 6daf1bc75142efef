import NIOCore
import NIOPosix
import Synchronization

/// What happened, in its order, with waiting for more of it. May be used from anywhere.
final class EventLog<Event: Sendable>: Sendable {
    struct NeverHappened: Error {
        var events: [Event]
    }

    private struct Waiter: Sendable {
        var number: Int
        var isEnough: @Sendable ([Event]) -> Bool
        var continuation: CheckedContinuation<[Event], any Error>
    }

    private struct State: Sendable {
        var events: [Event] = []
        var waiters: [Waiter] = []
        var nextNumber = 0
    }

    private let state = Mutex(State())

    var events: [Event] { state.withLock { $0.events } }

    func append(_ event: Event) {
        let (ready, events) = state.withLock { state in
            state.events.append(event)
            let events = state.events
            let ready = state.waiters.filter { $0.isEnough(events) }
            state.waiters.removeAll { waiter in ready.contains { $0.number == waiter.number } }
            return (ready, events)
        }
        for waiter in ready { waiter.continuation.resume(returning: events) }
    }

    /// Waits until the events so far are enough, or throws where that takes longer than ten seconds.
    ///
    /// - Parameter isEnough: must look at nothing but the events that it is given.
    @discardableResult
    func wait(until isEnough: @escaping @Sendable ([Event]) -> Bool) async throws -> [Event] {
        try await withCheckedThrowingContinuation { continuation in
            let (number, events) = state.withLock { state -> (Int?, [Event]) in
                guard !isEnough(state.events) else { return (nil, state.events) }
                state.nextNumber += 1
                let waiter = Waiter(number: state.nextNumber, isEnough: isEnough, continuation: continuation)
                state.waiters.append(waiter)
                return (waiter.number, state.events)
            }
            guard let number else { return continuation.resume(returning: events) }
            _ = MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: .seconds(10)) { self.giveUp(number) }
        }
    }

    @discardableResult
    func wait(forCount count: Int) async throws -> [Event] {
        try await wait { $0.count >= count }
    }

    private func giveUp(_ number: Int) {
        let (waiter, events) = state.withLock { state in
            let waiter = state.waiters.first { $0.number == number }
            state.waiters.removeAll { $0.number == number }
            return (waiter, state.events)
        }
        waiter?.continuation.resume(throwing: NeverHappened(events: events))
    }
}
