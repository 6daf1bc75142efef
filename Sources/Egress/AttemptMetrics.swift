internal import DivarAPI
internal import Messaging
private import Metrics

/// Counts attempts at Divar, and how long they took. Confined to one event loop: series are kept, since making one
/// takes a lock.
final class AttemptMetrics {
    private struct Kind: Hashable {
        let endpoint: EndpointName
        let problem: ProblemKind?
    }

    private var counters: [Kind: Counter] = [:]
    private var timers: [EndpointName: Metrics.Timer] = [:]

    /// - Parameter problem: nil where Divar did what was asked for.
    func ended(at endpoint: Endpoint, problem: ProblemKind?, nanoseconds: Int64) {
        counter(Kind(endpoint: endpoint.name, problem: problem), of: endpoint).increment()
        timer(of: endpoint).recordNanoseconds(nanoseconds)
    }

    private func counter(_ kind: Kind, of endpoint: Endpoint) -> Counter {
        if let known = counters[kind] { return known }
        let made = Counter(
            label: "divar_gateway_upstream_attempts_total",
            dimensions: AttemptMetrics.labels(of: endpoint) + [("result", kind.problem?.rawValue ?? "ok")])
        counters[kind] = made
        return made
    }

    private func timer(of endpoint: Endpoint) -> Metrics.Timer {
        if let known = timers[endpoint.name] { return known }
        let made = Metrics.Timer(
            label: "divar_gateway_upstream_attempt_duration_seconds", dimensions: AttemptMetrics.labels(of: endpoint))
        timers[endpoint.name] = made
        return made
    }

    /// Names begin with the version.
    private static func labels(of endpoint: Endpoint) -> [(String, String)] {
        let name = endpoint.name.text
        return [("endpoint", name), ("version", String(name.prefix { $0 != "." }))]
    }
}
