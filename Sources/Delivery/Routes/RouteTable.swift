package import DivarAPI
package import Messaging

/// Remembers which of Divar's endpoints are gone, so that no call but a probe now and then finds out again.
///
/// A gone endpoint goes behind all others; when its time comes one call tries it in its old place, which costs that
/// call one attempt that is refused before anything is done. Where all are gone all are tried. Times are microseconds
/// of the monotonic clock.
package struct RouteTable: Sendable {
    /// A gone endpoint is tried again after 30 s, and then after twice as long each time, up to an hour.
    package static let firstBackoff: Int64 = 30_000_000
    package static let maximumBackoff: Int64 = 3_600_000_000

    private struct Absence {
        var backoff: Int64
        var nextProbe: Int64
        var isProbed = false
    }

    private let planner: EndpointPlanner
    private var absences: [EndpointName: Absence] = [:]

    package init(planner: EndpointPlanner) {
        self.planner = planner
    }

    /// The endpoints for a call, best first; empty where the contract has none. Where a probe is due, this call is it.
    package mutating func route(for operation: Operation, now: Int64) -> [Endpoint] {
        let endpoints = planner.endpoints(for: operation)
        guard !absences.isEmpty else { return endpoints }
        var (living, gone): ([Endpoint], [Endpoint]) = ([], [])
        for endpoint in endpoints {
            guard let absence = absences[endpoint.name] else {
                living.append(endpoint)
                continue
            }
            if absence.nextProbe <= now {
                // One probe at a time; should it get no answer, the next one is due as if it had been refused.
                absences[endpoint.name]?.nextProbe = now + absence.backoff
                absences[endpoint.name]?.isProbed = true
                living.append(endpoint)
            } else {
                gone.append(endpoint)
            }
        }
        return living + gone
    }

    /// The same without being a probe: for explanations.
    package func outlook(for operation: Operation) -> [(endpoint: Endpoint, isGone: Bool)] {
        planner.endpoints(for: operation).map { ($0, absences[$0.name] != nil) }
    }

    package mutating func learn(_ sightings: [RouteSighting], now: Int64) -> [RouteChange] {
        sightings.compactMap { sighting in
            switch sighting.kind {
            case .maybeGone: return nil
            case .alive: return absences.removeValue(forKey: sighting.endpoint).map { _ in .back(sighting.endpoint) }
            case .gone: return gone(sighting.endpoint, now: now)
            }
        }
    }

    private mutating func gone(_ endpoint: EndpointName, now: Int64) -> RouteChange? {
        guard let absence = absences[endpoint] else {
            absences[endpoint] = Absence(backoff: RouteTable.firstBackoff, nextProbe: now + RouteTable.firstBackoff)
            return .gone(endpoint, retryIn: RouteTable.firstBackoff)
        }
        // Calls that were under way when it went, and those that have nowhere else to go, are no probes.
        guard absence.isProbed else { return nil }
        let backoff = min(absence.backoff * 2, RouteTable.maximumBackoff)
        absences[endpoint] = Absence(backoff: backoff, nextProbe: now + backoff)
        return nil
    }
}
