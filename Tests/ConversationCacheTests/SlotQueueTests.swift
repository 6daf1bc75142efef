@testable import ConversationCache
import SeededCases
import Testing

@Suite struct SlotQueueTests {
    @Test(arguments: 0..<40) func `a queue is what an array would be`(number: Int) {
        var random = SplitMix64(seed: SplitMix64.seed &+ UInt64(number))
        let count = 1 + random.below(12)
        var bench = SlotBench(sizes: (0..<count).map { _ in random.below(100) })
        var queue = SlotQueue(.small)
        var model: [Int] = []
        for step in 0..<400 {
            let index = random.below(count)
            if let place = model.firstIndex(of: index) {
                if random.chance(1, in: 4) {
                    let difference = random.below(50)
                    bench.slots[index]?.bytes += difference
                    queue.resized(by: difference)
                } else {
                    queue.remove(index, in: &bench.slots)
                    model.remove(at: place)
                    #expect(bench.slots[index]?.queue == EntrySlot.Queue.none)
                }
            } else {
                queue.add(index, in: &bench.slots)
                model.append(index)
                #expect(bench.slots[index]?.queue == .small)
            }
            #expect(bench.members(from: queue.oldest) == model, "\(replay(number)), step \(step)")
            #expect(queue.count == model.count)
            #expect(queue.bytes == model.reduce(0) { $0 + (bench.slots[$1]?.bytes ?? 0) })
            #expect(queue.oldest == model.first ?? -1)
        }
    }

    @Test func `a place without an entry is in no queue`() {
        var bench = SlotBench(sizes: [5])
        bench.slots.append(nil)
        var queue = SlotQueue(.main)
        queue.add(0, in: &bench.slots)
        queue.remove(1, in: &bench.slots)
        #expect(queue.count == 1 && queue.bytes == 5)
    }
}
