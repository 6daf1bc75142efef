@testable import Delivery
import DivarAPI
import Messaging
import SeededCases
import Testing

/// Calls over hours in which Divar drops endpoints and brings them back.
@Suite struct RouteScheduleTests {
    private static let cases = 250
    private static let calls = 60
    private static let operation = Messaging.Operation.botMessageToConversation
    private static let sent = AttemptResult.answered(.sent(conversation: "c"), retryAfterSeconds: nil)
    private static let absent = AttemptSamples.refused(404, 5, message: "Not Found")
    private static let planner = EndpointPlanner(contract: .december2025)

    /// Divar, of whose endpoints some are there.
    private struct Served {
        var endpoints: Set<EndpointName>
        let planned: [EndpointName]

        mutating func change(_ random: inout SplitMix64) {
            let name = random.element(of: planned)
            if endpoints.remove(name) == nil { endpoints.insert(name) }
            // At least one serves the operation, or no call can succeed.
            if endpoints.isEmpty { endpoints.insert(random.element(of: planned)) }
        }
    }

    private static func answer(
        of served: Served, at endpoint: Endpoint, isThere: Bool, _ random: inout SplitMix64
    ) -> AttemptResult {
        guard !served.endpoints.contains(endpoint.name) else { return isThere ? sent : absent }
        return random.element(of: [
            absent, absent, AttemptSamples.refused(501, 12), AttemptSamples.unintelligible(405),
        ])
    }

    @Test func `no call fails, and few find out what others found out before`() {
        for number in 0..<Self.cases {
            var random = SplitMix64(seed: SplitMix64.seed &+ UInt64(number))
            let names = Self.planner.endpoints(for: Self.operation).map(\.name)
            var served = Served(endpoints: Set(names), planned: names)
            var table = RouteTable(planner: Self.planner)
            var known: Set<EndpointName> = []
            var (now, probes) = (Int64(random.below(1_000_000)), 0)
            for _ in 0..<Self.calls {
                now += Int64(random.below(random.chance(1, in: 10) ? 600_000_000 : 20_000_000))
                if random.chance(1, in: 12) { served.change(&random) }
                let isThere = random.chance(5, in: 6)
                let route = table.route(for: Self.operation, now: now)
                guard Set(route.map(\.name)) == Set(names), route.count == names.count else {
                    Issue.record("a route of \(route.map(\.name)), \(replay(number))")
                    return
                }
                if let first = route.first, known.contains(first.name), known.count < names.count { probes += 1 }
                let (result, changes) = Self.call(route, served, isThere: isThere, &table, now: now, &random)
                #expect(result == (isThere ? Self.sent : Self.absent), "\(replay(number))")
                for change in changes {
                    switch change {
                    case .gone(let name, _):
                        #expect(!served.endpoints.contains(name) && known.insert(name).inserted, "\(replay(number))")
                    case .back(let name):
                        #expect(served.endpoints.contains(name) && known.remove(name) != nil, "\(replay(number))")
                    }
                }
            }
            // At most one probe for each endpoint in the shortest time between two.
            #expect(probes <= names.count * Int(now / RouteTable.firstBackoff + 1), "\(replay(number))")
        }
    }

    private static func call(
        _ route: [Endpoint], _ served: Served, isThere: Bool, _ table: inout RouteTable, now: Int64,
        _ random: inout SplitMix64
    ) -> (result: AttemptResult?, changes: [RouteChange]) {
        guard var sequence = AttemptSequence(route: route, keys: 1, isRepeatable: false) else { return (nil, []) }
        while true {
            let answer = answer(of: served, at: sequence.attempt.endpoint, isThere: isThere, &random)
            let step = sequence.ended(answer, jitter: 0, isPaused: false) { false }
            guard case .finish = step else { continue }
            return (sequence.result, table.learn(sequence.sightings, now: now))
        }
    }

    @Test func `conversations that nobody knows retire no route, however many are asked for`() {
        var table = RouteTable(planner: Self.planner)
        var random = SplitMix64()
        let names = Self.planner.endpoints(for: Self.operation).map(\.name)
        let served = Served(endpoints: Set(names), planned: names)
        for call in 0..<500 {
            let now = Int64(call) * 1_000_000
            let route = table.route(for: Self.operation, now: now)
            #expect(route.map(\.name) == names)
            let (result, changes) = Self.call(route, served, isThere: false, &table, now: now, &random)
            #expect(result == Self.absent && changes.isEmpty)
        }
    }
}
