internal import InternalAPI
internal import Messaging
private import Metrics
internal import Observability

/// Counts calls and how long they took. Confined to one event loop: series are kept, since making one takes a lock.
final class CallMetrics {
    private struct Kind: Hashable {
        let operation: String
        let caller: String
        let outcome: String
        let status: String
    }

    private struct Failure: Hashable {
        let operation: String
        let problem: ProblemKind
    }

    private var requests: [Kind: Counter] = [:]
    private var failures: [Failure: Counter] = [:]
    private var reads: [String: Counter] = [:]
    private var timers: [String: (whole: Metrics.Timer, own: Metrics.Timer)] = [:]

    /// 0.1 ms to 10 s: a cached read takes a fraction of the first, Divar's deadline is the last.
    static let bounds = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    static let described = [
        MetricDescription(
            "divar_gateway_requests_total", .counter,
            "Calls that were answered, by what became of the message and the class of the status."),
        MetricDescription("divar_gateway_problems_total", .counter, "Calls that could not be served, by why."),
        MetricDescription("divar_gateway_cache_reads_total", .counter, "Reads, by how the cache answered."),
        MetricDescription(
            "divar_gateway_request_duration_seconds", .histogram, bounds: bounds, "From a call's head to its answer."),
        MetricDescription(
            "divar_gateway_request_own_duration_seconds", .histogram, bounds: bounds,
            "The part of a call's time that was not spent waiting for Divar."),
    ]

    func count(_ end: CallEnd) {
        counter(of: kind(of: end)).increment()
        if let problem = end.facts.problem { count(problem, in: end.operation) }
        if let word = end.facts.cache { read(word).increment() }
        guard end.status != nil else { return }
        let timers = timers(of: end.operation)
        timers.whole.recordNanoseconds(end.microseconds * 1000)
        timers.own.recordNanoseconds(end.ownMicroseconds * 1000)
    }

    func count(_ problem: ProblemKind, in operation: String) {
        let failure = Failure(operation: operation, problem: problem)
        if let known = failures[failure] { return known.increment() }
        let made = Counter(
            label: "divar_gateway_problems_total",
            dimensions: [("operation", operation), ("problem", problem.rawValue)])
        failures[failure] = made
        made.increment()
    }

    private func kind(of end: CallEnd) -> Kind {
        let outcome = end.facts.isQueued ? "queued" : end.facts.outcome?.rawValue ?? "none"
        return Kind(
            operation: end.operation, caller: end.facts.caller?.text ?? "", outcome: outcome,
            status: end.status.map { "\($0 / 100)xx" } ?? "none")
    }

    private func counter(of kind: Kind) -> Counter {
        if let known = requests[kind] { return known }
        let made = Counter(
            label: "divar_gateway_requests_total",
            dimensions: [
                ("operation", kind.operation), ("caller", kind.caller), ("outcome", kind.outcome),
                ("status", kind.status),
            ])
        requests[kind] = made
        return made
    }

    private func read(_ word: String) -> Counter {
        if let known = reads[word] { return known }
        let made = Counter(label: "divar_gateway_cache_reads_total", dimensions: [("result", word)])
        reads[word] = made
        return made
    }

    private func timers(of operation: String) -> (whole: Metrics.Timer, own: Metrics.Timer) {
        if let known = timers[operation] { return known }
        let labels = [("operation", operation)]
        let made = (
            whole: Metrics.Timer(label: "divar_gateway_request_duration_seconds", dimensions: labels),
            own: Metrics.Timer(label: "divar_gateway_request_own_duration_seconds", dimensions: labels)
        )
        timers[operation] = made
        return made
    }
}
