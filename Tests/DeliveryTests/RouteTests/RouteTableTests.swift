import Delivery
import DivarAPI
import Messaging
import Testing

/// Which endpoint is tried first once some are gone.
@Suite struct RouteTableTests {
    private static let operation = Messaging.Operation.botMessageToConversation
    private static let planned = EndpointPlanner(contract: .december2025).endpoints(for: operation).map(\.name)
    private static let start: Int64 = 7_000_000_000

    private var table: RouteTable { RouteTable(planner: EndpointPlanner(contract: .december2025)) }

    private func names(_ table: inout RouteTable, now: Int64) -> [EndpointName] {
        table.route(for: Self.operation, now: now).map(\.name)
    }

    private func learn(
        _ table: inout RouteTable, _ endpoint: Int, _ kind: RouteSighting.Kind, now: Int64
    ) -> [RouteChange] {
        table.learn([RouteSighting(endpoint: Self.planned[endpoint], kind: kind)], now: now)
    }

    private func order(_ places: Int...) -> [EndpointName] { places.map { Self.planned[$0] } }

    @Test func `while all are there the plan is the route`() {
        var table = table
        #expect(names(&table, now: Self.start) == Self.planned)
        #expect(learn(&table, 0, .alive, now: Self.start).isEmpty)
        #expect(names(&table, now: Self.start) == Self.planned)
    }

    @Test func `a gone endpoint goes last, and is said to be gone once`() {
        var table = table
        let change = RouteChange.gone(Self.planned[0], retryIn: RouteTable.firstBackoff)
        #expect(learn(&table, 0, .gone, now: Self.start) == [change])
        #expect(names(&table, now: Self.start) == order(1, 2, 0))
        // Calls that were under way find out as well.
        #expect(learn(&table, 0, .gone, now: Self.start + 1_000_000).isEmpty)
        #expect(names(&table, now: Self.start + RouteTable.firstBackoff - 1) == order(1, 2, 0))
        #expect(names(&table, now: Self.start + RouteTable.firstBackoff) == order(0, 1, 2))
    }

    @Test func `a doubt changes nothing`() {
        var table = table
        for endpoint in 0..<3 { #expect(learn(&table, endpoint, .maybeGone, now: Self.start).isEmpty) }
        #expect(names(&table, now: Self.start) == Self.planned)
        _ = learn(&table, 0, .gone, now: Self.start)
        _ = learn(&table, 0, .maybeGone, now: Self.start)
        #expect(names(&table, now: Self.start) == order(1, 2, 0))
    }

    @Test func `it is probed by one call each time, after twice as long up to an hour`() {
        var table = table
        var now = Self.start
        _ = learn(&table, 0, .gone, now: now)
        for seconds in [Int64(30), 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600] {
            let wait = seconds * 1_000_000
            #expect(names(&table, now: now + wait - 1) == order(1, 2, 0))
            now += wait
            #expect(names(&table, now: now) == order(0, 1, 2))
            for _ in 0..<3 { #expect(names(&table, now: now) == order(1, 2, 0)) }
            #expect(learn(&table, 0, .gone, now: now).isEmpty)
            // Who finds out besides is no second probe.
            #expect(learn(&table, 0, .gone, now: now).isEmpty)
        }
    }

    @Test func `a probe of which nothing is heard is followed by the next after the same time`() {
        var table = table
        _ = learn(&table, 0, .gone, now: Self.start)
        for round in Int64(1)...3 {
            let now = Self.start + round * RouteTable.firstBackoff
            #expect(names(&table, now: now - 1) == order(1, 2, 0))
            #expect(names(&table, now: now) == order(0, 1, 2))
        }
    }

    @Test func `an endpoint that answers again is back at once, and forgets how long it was gone`() {
        var table = table
        _ = learn(&table, 0, .gone, now: Self.start)
        let probe = Self.start + RouteTable.firstBackoff
        _ = names(&table, now: probe)
        _ = learn(&table, 0, .gone, now: probe)
        #expect(learn(&table, 0, .alive, now: probe + 1) == [.back(Self.planned[0])])
        #expect(names(&table, now: probe + 1) == Self.planned)
        let again = RouteChange.gone(Self.planned[0], retryIn: RouteTable.firstBackoff)
        #expect(learn(&table, 0, .gone, now: probe + 2) == [again])
    }

    @Test func `where all are gone all are tried in their order`() {
        var table = table
        for endpoint in [2, 0, 1] { _ = learn(&table, endpoint, .gone, now: Self.start) }
        #expect(names(&table, now: Self.start) == Self.planned)
        #expect(learn(&table, 2, .alive, now: Self.start) == [.back(Self.planned[2])])
        #expect(names(&table, now: Self.start) == order(2, 0, 1))
    }

    @Test func `an operation with one endpoint keeps it`() {
        var table = RouteTable(planner: EndpointPlanner(contract: .august2026))
        for operation in Messaging.Operation.allCases {
            let route = table.route(for: operation, now: Self.start)
            #expect(route.count == 1)
            for endpoint in route {
                _ = table.learn([RouteSighting(endpoint: endpoint.name, kind: .gone)], now: Self.start)
            }
            #expect(table.route(for: operation, now: Self.start) == route)
        }
    }

    @Test func `what is gone of one operation is no matter of another`() {
        var table = table
        _ = learn(&table, 0, .gone, now: Self.start)
        let planner = EndpointPlanner(contract: .december2025)
        for operation in Messaging.Operation.allCases where operation != Self.operation {
            #expect(table.route(for: operation, now: Self.start) == planner.endpoints(for: operation))
        }
    }

    @Test func `an outlook is no probe`() {
        var table = table
        _ = learn(&table, 0, .gone, now: Self.start)
        for _ in 0..<3 {
            let outlook = table.outlook(for: Self.operation)
            #expect(outlook.map(\.endpoint.name) == Self.planned)
            #expect(outlook.map(\.isGone) == [true, false, false])
        }
        #expect(names(&table, now: Self.start + RouteTable.firstBackoff) == order(0, 1, 2))
    }

    @Test func `sightings of one call are learned in their order`() {
        var table = table
        let sightings = [(0, RouteSighting.Kind.gone), (1, .maybeGone), (2, .alive)]
            .map { RouteSighting(endpoint: Self.planned[$0.0], kind: $0.1) }
        #expect(
            table.learn(sightings, now: Self.start)
                == [.gone(Self.planned[0], retryIn: RouteTable.firstBackoff)])
        #expect(names(&table, now: Self.start) == order(1, 2, 0))
    }
}
