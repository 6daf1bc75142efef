@testable import Delivery
import SeededCases
import Testing

/// Those who wait, against a plain list of them.
@Suite struct GuardQueueTests {
    private static let cases = 120
    private static let steps = 250

    private struct Listed {
        let waiter: GuardQueue.Waiter
        let end: Int64
    }

    @Test func `a queue gives out whom a plain list would`() {
        for number in 0..<Self.cases {
            var random = SplitMix64(seed: SplitMix64.seed &+ UInt64(number))
            var queue = GuardQueue()
            var list: [Listed] = []
            var now: Int64 = 0
            // Some queues stay short and some grow long.
            let growth = 2 + random.below(6)
            for step in 0..<Self.steps {
                now += Int64(random.below(10))
                if random.chance(growth, in: 12) {
                    add(UInt64(step), to: &queue, &list, now: now, &random)
                } else {
                    check(&queue, &list, now: now, &random, number)
                }
                #expect(queue.count == list.count && queue.isEmpty == list.isEmpty, "\(replay(number))")
                #expect(queue.nextEnd == list.map(\.end).min(), "\(replay(number))")
            }
            while !list.isEmpty {
                let oldest = queue.removeOldest()
                #expect(oldest?.ticket == list.removeFirst().waiter.ticket, "\(replay(number))")
            }
            let nobody = queue.removeOldest()
            #expect(nobody == nil && queue.nextEnd == nil, "\(replay(number))")
        }
    }

    private func add(
        _ number: UInt64, to queue: inout GuardQueue, _ list: inout [Listed], now: Int64, _ random: inout SplitMix64
    ) {
        let ticket = GuardTicket(loop: random.below(2), number: number)
        let purpose = random.element(of: GuardPurpose.allCases)
        let waiter = GuardQueue.Waiter(ticket: ticket, deadline: .max, purpose: purpose)
        // All with a number of their own, so that there is one right order.
        let end = (now + Int64(random.below(300))) * 1000 + Int64(number)
        queue.add(waiter, until: end)
        list.append(Listed(waiter: waiter, end: end))
    }

    private func check(
        _ queue: inout GuardQueue, _ list: inout [Listed], now: Int64, _ random: inout SplitMix64, _ number: Int
    ) {
        switch random.below(5) {
        case 0:
            let expected = list.isEmpty ? nil : list.removeFirst()
            let removed = queue.removeOldest()
            #expect(removed?.ticket == expected?.waiter.ticket, "\(replay(number))")
        case 1:
            let purpose = random.element(of: GuardPurpose.allCases)
            let index = list.lastIndex { $0.waiter.purpose == purpose }
            let expected = index.map { list.remove(at: $0) }
            let removed = queue.removeNewest(purpose)
            #expect(removed?.ticket == expected?.waiter.ticket, "\(replay(number))")
        case 2:
            let index = list.indices.filter { list[$0].end <= now * 1000 }.min { list[$0].end < list[$1].end }
            let expected = index.map { list.remove(at: $0) }
            let removed = queue.removeEnded(now: now * 1000)
            #expect(removed?.ticket == expected?.waiter.ticket, "\(replay(number))")
        default:
            guard !list.isEmpty else { return }
            let gone = list.remove(at: random.below(list.count)).waiter.ticket
            #expect(queue.contains(gone), "\(replay(number))")
            let (isRemoved, isAgain) = (queue.remove(gone), queue.remove(gone))
            #expect(isRemoved && !isAgain && !queue.contains(gone), "\(replay(number))")
        }
    }
}
