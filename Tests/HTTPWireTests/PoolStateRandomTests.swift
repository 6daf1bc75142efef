import SeededCases
@testable import HTTPWire
import Testing

/// Random lives of a pool: what must hold after every event, and how every call ends.
@Suite struct PoolStateRandomTests {
    private func seeds(_ count: Int) -> [UInt64] {
        var random = SplitMix64()
        return (0..<count).map { _ in random.next() }
    }

    @Test func `no event breaks the account of connections and calls`() {
        for (number, seed) in seeds(400).enumerated() {
            var pool = PoolStateSimulation(seed: seed)
            for step in 0..<300 {
                pool.step()
                guard pool.complaints.isEmpty else {
                    Issue.record("step \(step): \(pool.complaints); \(replay(number))")
                    return
                }
            }
        }
    }

    @Test func `at no time does a call wait while nothing is under way that could serve it`() {
        for (number, seed) in seeds(400).enumerated() {
            var pool = PoolStateSimulation(seed: seed)
            for step in 0..<300 {
                pool.step()
                guard pool.somebodyCanServe else {
                    Issue.record("step \(step): \(pool.queue.count) calls wait for nothing; \(replay(number))")
                    return
                }
            }
        }
    }

    @Test func `every call that waits is served, refused or abandoned in the end`() {
        for (number, seed) in seeds(400).enumerated() {
            var pool = PoolStateSimulation(seed: seed)
            for _ in 0..<200 { pool.step() }
            // From here on every connect succeeds and every answer comes.
            for _ in 0..<1_000 where !(pool.queue.isEmpty && pool.leased.isEmpty && pool.connecting == 0) {
                pool.connected()
                pool.released()
            }
            let unfinished = pool.fates.indices.filter { index in
                switch pool.fates[index] {
                case .waiting, .serving: true
                case .done, .refused, .abandoned, .failed: false
                }
            }
            #expect(pool.complaints.isEmpty, "\(replay(number))")
            guard unfinished.isEmpty else {
                Issue.record("calls \(unfinished) never ended; \(replay(number))")
                return
            }
        }
    }
}
