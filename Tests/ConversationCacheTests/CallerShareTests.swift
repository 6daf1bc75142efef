@testable import ConversationCache
import SeededCases
import Testing

/// S3-FIFO, against the same with arrays.
@Suite struct CallerShareTests {
    private struct Model {
        var small: [Int] = []
        var main: [Int] = []
        var ghosts = GhostList()
        var bench: SlotBench
        var uses: [Int: UInt8] = [:]

        func bytes(_ queue: [Int]) -> Int { queue.reduce(0) { $0 + (bench.slots[$1]?.bytes ?? 0) } }

        mutating func insert(_ index: Int, hash: Int) {
            uses[index] = 0
            if ghosts.take(hash) { main.append(index) } else { small.append(index) }
        }

        mutating func evict() -> Int? {
            var spared = 0
            while !(small + main).isEmpty {
                defer { spared += 1 }
                let mayBeSpared = spared < CallerShare.spared
                if !small.isEmpty, main.isEmpty || bytes(small) * 10 >= bytes(small + main) {
                    let index = small.removeFirst()
                    guard uses[index, default: 0] > 0, mayBeSpared else {
                        ghosts.add(bench.slots[index]?.key.hashValue ?? 0, keeping: small.count + main.count)
                        return index
                    }
                    uses[index] = 0
                    main.append(index)
                } else {
                    let index = main.removeFirst()
                    guard let left = uses[index], left > 0, mayBeSpared else { return index }
                    uses[index] = left - 1
                    main.append(index)
                }
            }
            return nil
        }
    }

    @Test(arguments: 0..<60) func `a share gives up what the algorithm gives up`(number: Int) {
        var random = SplitMix64(seed: SplitMix64.seed &+ UInt64(number))
        let count = 2 + random.below(20)
        var bench = SlotBench(sizes: (0..<count).map { _ in 1 + random.below(random.chance(1, in: 4) ? 200 : 20) })
        var (share, model) = (CallerShare(), Model(bench: bench))
        for step in 0..<400 {
            let label = "\(replay(number)), step \(step)"
            let index = random.below(count)
            let isIn = model.small.contains(index) || model.main.contains(index)
            switch random.below(10) {
            case 0..<4 where !isIn:
                bench.slots[index]?.uses = 0
                let hash = bench.slots[index]?.key.hashValue ?? 0
                share.insert(index, hash: hash, in: &bench.slots)
                model.insert(index, hash: hash)
            case 4..<7 where isIn:
                let uses = min(3, (model.uses[index] ?? 0) + 1)
                bench.slots[index]?.uses = uses
                model.uses[index] = uses
            case 7:
                share.remove(index, in: &bench.slots)
                model.small.removeAll { $0 == index }
                model.main.removeAll { $0 == index }
            case 8 where isIn:
                let difference = random.below(30)
                bench.slots[index]?.bytes += difference
                share.resized(index, by: difference, in: bench.slots)
            default:
                let evicted = share.evict(in: &bench.slots)
                #expect(evicted == model.evict(), "\(label)")
                if let evicted { #expect(bench.slots[evicted]?.queue == EntrySlot.Queue.none, "\(label)") }
            }
            model.bench = bench
            #expect(share.count == model.small.count + model.main.count, "\(label)")
            #expect(share.bytes == model.bytes(model.small + model.main), "\(label)")
        }
    }

    @Test func `what is used all the time is given up last`() {
        var bench = SlotBench(sizes: Array(repeating: 10, count: 100))
        var share = CallerShare()
        for index in 0..<100 { share.insert(index, hash: index, in: &bench.slots) }
        for index in 0..<10 { bench.slots[index]?.uses = 3 }
        var evicted: [Int] = []
        while let index = share.evict(in: &bench.slots) { evicted.append(index) }
        #expect(Set(evicted) == Set(0..<100) && evicted.count == 100)
        #expect(Set(evicted.prefix(80)).isDisjoint(with: 0..<10))
        #expect(share.bytes == 0 && share.count == 0)
    }

    @Test func `an empty share gives up nothing`() {
        var bench = SlotBench(sizes: [10])
        var share = CallerShare()
        let evicted = share.evict(in: &bench.slots)
        #expect(evicted == nil)
    }
}
