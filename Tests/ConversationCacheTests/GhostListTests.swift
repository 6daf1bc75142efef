@testable import ConversationCache
import SeededCases
import Testing

@Suite struct GhostListTests {
    @Test func `what was added last is remembered, as many as may be`() {
        var list = GhostList()
        for hash in 0..<10_000 { list.add(hash, keeping: 100) }
        #expect(list.count == 100)
        for hash in 0..<9_900 where list.take(hash) { Issue.record("\(hash) is still there") }
        for hash in 9_900..<10_000 where !list.take(hash) { Issue.record("\(hash) is forgotten") }
        #expect(list.count == 0)
    }

    @Test func `what is taken out is not there any more`() {
        var list = GhostList()
        list.add(1, keeping: 10)
        let (isThere, isThereAgain, isElse) = (list.take(1), list.take(1), list.take(2))
        #expect(isThere && !isThereAgain && !isElse)
    }

    @Test(arguments: [-5, 0, 1]) func `one is remembered at least`(limit: Int) {
        var list = GhostList()
        for hash in 0..<5 { list.add(hash, keeping: limit) }
        let isThere = list.take(4)
        #expect(isThere && list.count == 0)
    }

    @Test(arguments: 0..<40) func `it forgets the oldest first`(number: Int) throws {
        var random = SplitMix64(seed: SplitMix64.seed &+ UInt64(number))
        var list = GhostList()
        var model: [Int] = []
        for step in 0..<1_000 {
            let (hash, limit) = (random.below(12), 1 + random.below(8))
            if random.chance(2, in: 3) {
                list.add(hash, keeping: limit)
                if !model.contains(hash) { model.append(hash) }
                model.removeFirst(max(0, model.count - limit))
            } else {
                let isThere = list.take(hash)
                try #require(isThere == model.contains(hash), "\(replay(number)), step \(step)")
                model.removeAll { $0 == hash }
            }
            try #require(list.count == model.count, "\(replay(number)), step \(step)")
        }
    }

    /// What comes and goes all the time would otherwise take memory without end.
    @Test func `what was taken out takes no memory for long`() {
        var list = GhostList()
        for round in 0..<20_000 {
            list.add(round % 3, keeping: 100)
            _ = list.take(round % 3)
        }
        #expect(largestArray(in: list) < 5_000)
    }
}
