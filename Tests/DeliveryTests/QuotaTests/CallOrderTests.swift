@testable import Delivery
import SeededCases
import Testing

/// The order of waiting calls against a list that is sorted anew each time.
@Suite struct CallOrderTests {
    private static let cases = 40

    @Test func `calls leave from anywhere and the others keep their order`() {
        var random = SplitMix64()
        for number in 0..<CallOrderTests.cases {
            var order = CallOrder()
            var list: [(key: Int64, number: UInt64)] = []
            for step in 0..<300 {
                if random.chance(step < 150 ? 2 : 1, in: 3) {
                    let new = (key: Int64(random.below(20)), number: UInt64(step))
                    list.append(new)
                    list.sort { ($0.key, $0.number) < ($1.key, $1.number) }
                    let ticket = QuotaTicket(loop: 0, number: new.number)
                    order.insert(CallOrder.Element(key: new.key, number: new.number, ticket: ticket))
                } else if !list.isEmpty {
                    let gone = list.remove(at: random.chance(2, in: 3) ? 0 : random.below(list.count))
                    order.remove(key: gone.key, number: gone.number)
                    // It is gone already.
                    order.remove(key: gone.key, number: gone.number)
                }
                #expect(order.count == list.count, "\(replay(number))")
                #expect(order.first?.number == list.first?.number, "\(replay(number))")
            }
            #expect(order.all.map(\.number) == list.map(\.number), "\(replay(number))")
        }
    }
}
