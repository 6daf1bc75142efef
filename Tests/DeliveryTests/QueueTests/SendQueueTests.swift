import Delivery
import Messaging
import Testing

/// Whose turn it is, case by case; `SendQueueScheduleTests` has them by chance.
@Suite struct SendQueueTests {
    private static let second: Int64 = 1_000_000
    private static let never = 1_000 * second

    private func id(_ number: UInt64) -> MessageID { MessageID(unixMilliseconds: number, random: (number, number)) }

    /// Takes the message that is due, has it begin, and ends it.
    private func send(_ message: MessageID, in queue: DrivenQueue, at now: Int64) {
        #expect(queue.advance(now: now) == [.attempt(message)])
        #expect(queue.begun(message))
        #expect(queue.ended(message, .settled, jitter: 0, now: now) == .finished(attempts: 0))
    }

    // MARK: Order

    @Test func `an empty queue has nothing to do`() {
        let queue = DrivenQueue()
        #expect(queue.advance(now: 5).isEmpty)
        #expect(queue.nextEvent == nil)
        #expect(queue.count == 0)
    }

    @Test func `messages of one lane go one after the other, in the order in which they came`() {
        let queue = DrivenQueue()
        for number in 1...3 { queue.add(id(UInt64(4 - number)), lane: "a", expires: SendQueueTests.never) }
        for number in [3, 2, 1] as [UInt64] {
            #expect(queue.advance(now: 0) == [.attempt(id(number))])
            #expect(queue.advance(now: 0).isEmpty)
            #expect(queue.begun(id(number)))
            #expect(queue.advance(now: 0).isEmpty)
            #expect(queue.ended(id(number), .settled, jitter: 0, now: 0) == .finished(attempts: 0))
        }
        #expect(queue.count == 0)
    }

    @Test func `lanes overtake each other, and as many are under way as may`() {
        let queue = DrivenQueue(atOnce: 2)
        for number in 1...4 as ClosedRange<UInt64> {
            queue.add(id(number), lane: "\(number)", expires: SendQueueTests.never)
        }
        #expect(queue.advance(now: 0) == [.attempt(id(1)), .attempt(id(2))])
        #expect(queue.advance(now: 0).isEmpty)
        #expect((queue.nextEvent ?? 0) > 0)
        _ = queue.ended(id(2), .settled, jitter: 0, now: 0)
        #expect((queue.nextEvent ?? 1) <= 0)
        #expect(queue.advance(now: 0) == [.attempt(id(3))])
        _ = queue.ended(id(1), .settled, jitter: 0, now: 0)
        #expect(queue.advance(now: 0) == [.attempt(id(4))])
    }

    @Test func `who is behind one that is tried again waits with it`() {
        let queue = DrivenQueue()
        queue.add(id(1), lane: "a", expires: SendQueueTests.never)
        queue.add(id(2), lane: "a", expires: SendQueueTests.never)
        queue.add(id(3), lane: "b", expires: SendQueueTests.never)
        #expect(queue.advance(now: 0) == [.attempt(id(1)), .attempt(id(3))])
        let follow = queue.ended(id(1), .notSent(attempts: 1, retryAfterSeconds: 7), jitter: 0, now: 0)
        #expect(follow == .deferred(attempts: 1, until: 7 * SendQueueTests.second))
        #expect(queue.advance(now: 7 * SendQueueTests.second - 1).isEmpty)
        #expect(queue.nextEvent == 7 * SendQueueTests.second)
        #expect(queue.advance(now: 7 * SendQueueTests.second) == [.attempt(id(1))])
    }

    @Test func `a message that is here already is not taken in twice`() {
        let queue = DrivenQueue()
        queue.add(id(1), lane: "a", expires: SendQueueTests.never)
        queue.add(id(1), lane: "b", expires: 1)
        #expect(queue.count == 1)
        send(id(1), in: queue, at: 2)
        #expect(queue.advance(now: SendQueueTests.never).isEmpty)
    }

    @Test func `what was tried before a restart keeps its count and its time`() {
        let queue = DrivenQueue()
        queue.add(id(1), lane: "a", expires: SendQueueTests.never, attempts: 4, retryAt: 50)
        #expect(queue.advance(now: 49).isEmpty)
        #expect(queue.nextEvent == 50)
        #expect(queue.advance(now: 50) == [.attempt(id(1))])
        let follow = queue.ended(id(1), .notSent(attempts: 2, retryAfterSeconds: 9), jitter: 0, now: 50)
        #expect(follow == .deferred(attempts: 6, until: 50 + 9 * SendQueueTests.second))
    }

    // MARK: Too late

    @Test func `a message expires at the microsecond of its end and not before`() {
        let queue = DrivenQueue(atOnce: 1)
        queue.add(id(1), lane: "a", expires: SendQueueTests.never)
        queue.add(id(2), lane: "b", expires: 100)
        queue.add(id(3), lane: "c", expires: 101)
        #expect(queue.advance(now: 99) == [.attempt(id(1))])
        #expect(queue.nextEvent == 100)
        #expect(queue.advance(now: 100) == [.expire(id(2), attempts: 0)])
        #expect(!queue.contains(id(2)))
        #expect(queue.advance(now: 101) == [.expire(id(3), attempts: 0)])
        #expect(queue.count == 1)
    }

    @Test func `a message that is late from the start is never tried`() {
        let queue = DrivenQueue()
        queue.add(id(1), lane: "a", expires: 10, attempts: 3)
        #expect(queue.advance(now: 10) == [.expire(id(1), attempts: 3)])
        #expect(queue.count == 0)
    }

    @Test func `whoever is behind one that expires has its turn`() {
        let queue = DrivenQueue()
        queue.add(id(1), lane: "a", expires: 10, retryAt: 500)
        queue.add(id(2), lane: "a", expires: SendQueueTests.never)
        #expect(queue.advance(now: 9).isEmpty)
        #expect(queue.advance(now: 10) == [.expire(id(1), attempts: 0), .attempt(id(2))])
    }

    @Test func `what is under way when its time is up is followed to its end`() {
        let queue = DrivenQueue()
        queue.add(id(1), lane: "a", expires: 10)
        #expect(queue.advance(now: 9) == [.attempt(id(1))])
        #expect(queue.begun(id(1)))
        #expect(queue.advance(now: 50).isEmpty)
        let follow = queue.ended(id(1), .notSent(attempts: 1, retryAfterSeconds: nil), jitter: 0, now: 60)
        guard case .deferred(attempts: 1, _) = follow else {
            Issue.record("\(follow)")
            return
        }
        #expect(queue.advance(now: 60) == [.expire(id(1), attempts: 1)])
    }

    @Test func `what would be tried again after its end is told at its end`() {
        let queue = DrivenQueue()
        let expires = 5 * SendQueueTests.second
        queue.add(id(1), lane: "a", expires: expires)
        #expect(queue.advance(now: 0) == [.attempt(id(1))])
        let follow = queue.ended(id(1), .notSent(attempts: 1, retryAfterSeconds: 60), jitter: 0, now: 0)
        #expect(follow == .deferred(attempts: 1, until: expires))
        #expect(queue.advance(now: expires) == [.expire(id(1), attempts: 1)])
    }

    // MARK: Taken back

    @Test func `what waits or is prepared can be taken back, and nothing of it begins`() {
        let queue = DrivenQueue()
        queue.add(id(1), lane: "a", expires: SendQueueTests.never, attempts: 2)
        queue.add(id(2), lane: "a", expires: SendQueueTests.never)
        #expect(queue.advance(now: 0) == [.attempt(id(1))])
        #expect(queue.cancel(id(1), now: 0) == .cancelled(attempts: 2))
        #expect(!queue.begun(id(1)))
        #expect(queue.cancel(id(1), now: 0) == .notInQueue)
        // Its place is free, and it doesn't come back.
        queue.postponed(id(1), until: 1)
        #expect(queue.advance(now: 1) == [.attempt(id(2))])
        #expect(queue.cancel(id(2), now: 1) == .cancelled(attempts: 0))
        #expect(queue.count == 0)
        #expect(queue.advance(now: SendQueueTests.never).isEmpty)
    }

    @Test func `what is under way can not be taken back`() {
        let queue = DrivenQueue()
        queue.add(id(1), lane: "a", expires: SendQueueTests.never)
        #expect(queue.advance(now: 0) == [.attempt(id(1))])
        #expect(queue.begun(id(1)))
        #expect(queue.cancel(id(1), now: 0) == .underWay)
        #expect(queue.ended(id(1), .settled, jitter: 0, now: 0) == .finished(attempts: 0))
        #expect(queue.cancel(id(1), now: 0) == .notInQueue)
    }

    @Test func `one that was taken back gives its place to another lane`() {
        let queue = DrivenQueue(atOnce: 1)
        queue.add(id(1), lane: "a", expires: SendQueueTests.never)
        queue.add(id(2), lane: "b", expires: SendQueueTests.never)
        #expect(queue.advance(now: 0) == [.attempt(id(1))])
        _ = queue.cancel(id(1), now: 0)
        #expect(queue.advance(now: 0) == [.attempt(id(2))])
    }

    @Test func `one from the middle of its lane leaves the order of the others`() {
        let queue = DrivenQueue()
        for number in 1...3 as ClosedRange<UInt64> { queue.add(id(number), lane: "a", expires: SendQueueTests.never) }
        _ = queue.cancel(id(2), now: 0)
        send(id(1), in: queue, at: 0)
        send(id(3), in: queue, at: 0)
    }

    // MARK: Beginning and ending

    @Test func `an attempt begins once, and only where it was given out`() {
        let queue = DrivenQueue()
        queue.add(id(1), lane: "a", expires: SendQueueTests.never)
        #expect(!queue.begun(id(1)))
        _ = queue.advance(now: 0)
        #expect(queue.begun(id(1)))
        #expect(!queue.begun(id(1)))
        #expect(!queue.begun(id(2)))
    }

    @Test func `an attempt does not begin once it is too late, and the message then expires`() {
        let queue = DrivenQueue()
        queue.add(id(1), lane: "a", expires: 5)
        #expect(queue.advance(now: 4) == [.attempt(id(1))])
        #expect(!queue.begun(id(1), now: 5))
        queue.postponed(id(1), until: 1000)
        #expect(queue.advance(now: 6) == [.expire(id(1), attempts: 0)])
    }

    @Test func `what could not be tried counts for nothing`() {
        let queue = DrivenQueue()
        queue.add(id(1), lane: "a", expires: SendQueueTests.never)
        for time in [0, 10, 20] as [Int64] {
            #expect(queue.advance(now: time) == [.attempt(id(1))])
            queue.postponed(id(1), until: time + 10)
            #expect(queue.advance(now: time + 9).isEmpty)
        }
        #expect(queue.advance(now: 30) == [.attempt(id(1))])
        // The first failure, with the first delay.
        let follow = queue.ended(id(1), .notSent(attempts: 1, retryAfterSeconds: nil), jitter: 0, now: 30)
        #expect(follow == .deferred(attempts: 1, until: 30 + SendQueueTests.second / 2))
    }

    @Test func `what ends that isn't here is finished`() {
        let queue = DrivenQueue()
        #expect(queue.ended(id(1), .settled, jitter: 0, now: 0) == .finished(attempts: 0))
        queue.postponed(id(1), until: 5)
        #expect(queue.advance(now: 5).isEmpty)
    }

    @Test func `a clock that was set back while a message waits for a place does not forget it`() {
        let queue = DrivenQueue(atOnce: 1)
        queue.add(id(1), lane: "a", expires: SendQueueTests.never)
        queue.add(id(2), lane: "b", expires: SendQueueTests.never, retryAt: 100)
        #expect(queue.advance(now: 0) == [.attempt(id(1))])
        #expect(queue.advance(now: 100).isEmpty)
        _ = queue.ended(id(1), .settled, jitter: 0, now: 50)
        let early = queue.advance(now: 50)
        #expect(early.isEmpty || early == [.attempt(id(2))])
        if early.isEmpty {
            #expect(queue.nextEvent == 100)
            #expect(queue.advance(now: 100) == [.attempt(id(2))])
        }
    }
}
