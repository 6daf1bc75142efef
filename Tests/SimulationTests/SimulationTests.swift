import Foundation
import SeededCases
import Testing

/// The machines of delivery, quota, overload, journal and cache together, against a Divar that cuts, delays, refuses
/// and loses, a disk that loses and fails, and a gateway that dies.
///
/// A failing seed is run again by itself with SIMULATION_SEED=SEED.
@Suite(.serialized) struct SimulationTests {
    static let seeds = 10_000
    private static let only = ProcessInfo.processInfo.environment["SIMULATION_SEED"].flatMap { UInt64($0) }

    @Test(.timeLimit(.minutes(10)))
    func `whatever happens, the promises hold`() async throws {
        if let only = Self.only {
            #expect(try World(seed: only).run() == [])
            return
        }
        let violations = await Self.onThread(Self.seeds) { number -> String? in
            let seed = SplitMix64.seed &+ UInt64(number)
            do {
                let violations = try World(seed: seed).run()
                return violations.isEmpty ? nil : "\(violations); replay with SIMULATION_SEED=\(seed)"
            } catch {
                return "\(error); replay with SIMULATION_SEED=\(seed)"
            }
        }
        #expect(violations.prefix(5) == [])
    }

    /// What a count of cases gives, by a thread of its own: the threads of Swift's pool are for tests that wait, and
    /// there are no more of them than cores.
    private static func onThread(_ count: Int, _ work: @escaping @Sendable (Int) -> String?) async -> [String] {
        await withCheckedContinuation { ended in
            Thread { ended.resume(returning: (0..<count).compactMap(work)) }.start()
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
    func `a bug is noticed`(plant: Plant) async {
        let missed = await Self.onThread(1) { _ in
            let isNoticed = (1...2000).contains { seed in
                (try? World(seed: UInt64(seed), plant: plant).run().isEmpty) == false
            }
            return isNoticed ? nil : "no seed shows that the gateway \(plant.rawValue)"
        }
        #expect(missed == [])
    }
}
