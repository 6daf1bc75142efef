@testable import ConversationCache
import SeededCases
import Testing

@Suite struct ArrivalOrderTests {
    @Test(arguments: 0..<40) func `an order is what an array would be`(number: Int) throws {
        var random = SplitMix64(seed: SplitMix64.seed &+ UInt64(number))
        var (order, model) = (ArrivalOrder<Int>(), [Int]())
        for step in 0..<2_000 {
            let (element, label) = (random.below(20), "\(replay(number)), step \(step)")
            switch random.below(5) {
            case 0, 1:
                let isNew = order.add(element)
                try #require(isNew == !model.contains(element), "\(label)")
                if isNew { model.append(element) }
            case 2, 3:
                let wasThere = order.remove(element)
                try #require(wasThere == model.contains(element), "\(label)")
                model.removeAll { $0 == element }
            default:
                let oldest = order.removeOldest()
                try #require(oldest == model.first, "\(label)")
                model = Array(model.dropFirst())
            }
            try #require(order.count == model.count, "\(label)")
        }
        #expect(largestArray(in: order) < 200)
    }
}
