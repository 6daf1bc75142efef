import Delivery
import Messaging
import Testing

/// What a queue remembers is in proportion to what waits, however much went through it.
@Suite struct SendQueueMemoryTests {
    private static let day: Int64 = 24 * 3_600_000_000
    /// Times in the agenda for each message, and some that are there before it is closed up.
    private static let perMessage = 4
    private static let spare = 256

    private func id(_ number: Int) -> MessageID { MessageID(unixMilliseconds: UInt64(number), random: (1, 2)) }

    /// How many times stand in the agenda, which nobody else needs to know.
    private func agenda(of queue: DrivenQueue) throws -> Int {
        let agenda = try #require(Mirror(reflecting: queue.queue).children.first { $0.label == "agenda" })
        let heap = try #require(Mirror(reflecting: agenda.value).children.first { $0.label == "heap" })
        return Mirror(reflecting: heap.value).children.count
    }

    private func most(_ queue: DrivenQueue) -> Int {
        queue.count * SendQueueMemoryTests.perMessage + SendQueueMemoryTests.spare
    }

    @Test func `messages that were sent at once leave nothing behind, though they might have waited for a day`() throws
    {
        let queue = DrivenQueue()
        for number in 0..<5_000 {
            queue.add(id(number), lane: "\(number % 7)", expires: SendQueueMemoryTests.day)
            #expect(queue.advance(now: Int64(number)) == [.attempt(id(number))])
            _ = queue.ended(id(number), .settled, jitter: 0, now: Int64(number))
        }
        #expect(queue.count == 0)
        #expect(try agenda(of: queue) <= most(queue))
    }

    @Test func `a message that is put off again and again leaves no trace of each time`() throws {
        let queue = DrivenQueue()
        queue.add(id(1), lane: "a", expires: SendQueueMemoryTests.day)
        for number in 0..<5_000 as Range<Int64> {
            #expect(queue.advance(now: number * 1_000_000) == [.attempt(id(1))])
            queue.postponed(id(1), until: (number + 1) * 1_000_000)
        }
        #expect(queue.count == 1)
        #expect(try agenda(of: queue) <= most(queue))
        #expect(queue.advance(now: SendQueueMemoryTests.day) == [.expire(id(1), attempts: 0)])
        #expect(queue.nextEvent == nil)
    }

    @Test func `many that wait, one of which is tried all the time, stay in proportion`() throws {
        let queue = DrivenQueue()
        for number in 0..<1_000 {
            queue.add(id(number), lane: "a", expires: SendQueueMemoryTests.day + Int64(number))
        }
        var now: Int64 = 0
        for _ in 0..<10_000 {
            #expect(queue.advance(now: now) == [.attempt(id(0))])
            now += 1_000
            queue.postponed(id(0), until: now)
        }
        #expect(queue.count == 1_000)
        #expect(try agenda(of: queue) <= most(queue))
        // None was forgotten.
        #expect(queue.advance(now: SendQueueMemoryTests.day * 2).count == 1_000)
    }
}
