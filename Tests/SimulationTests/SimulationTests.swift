import Foundation
import SeededCases
import Testing

/// The machines of delivery, quota, overload, journal and cache together, against a Divar that cuts, delays, refuses
/// and loses, a disk that loses and fails, and a gateway that dies.
///
/// A failing seed is run again by itself with SIMULATION_SEED=SEED.
@Suite struct SimulationTests {
    static let seeds = 10_000
    private static let only = ProcessInfo.processInfo.environment["SIMULATION_SEED"].flatMap { UInt64($0) }

    @Test(.timeLimit(.minutes(10)))
    func `whatever happens, the promises hold`() async throws {
        if let only = Self.only {
            #expect(try World(seed: only).run() == [])
            return
        }
        let parts = 8
        try await withThrowingTaskGroup { group in
            for part in 0..<parts {
                group.addTask {
                    for number in stride(from: part, to: Self.seeds, by: parts) {
                        let seed = SplitMix64.seed &+ UInt64(number)
                        let violations = try World(seed: seed).run()
                        #expect(violations == [], "replay with SIMULATION_SEED=\(seed)")
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `a seed gives the same run again`() throws {
        for plant in [nil, Plant.retriesAfterTheFirstByte] {
            for seed in UInt64(1)...20 {
                #expect(try World(seed: seed, plant: plant).run() == World(seed: seed, plant: plant).run())
            }
        }
    }

    @Test(arguments: Plant.allCases)
    func `a bug is noticed`(plant: Plant) throws {
        for seed in UInt64(1)...2000 {
            if try !World(seed: seed, plant: plant).run().isEmpty { return }
        }
        Issue.record("no seed shows that the gateway \(plant.rawValue)")
    }
}
