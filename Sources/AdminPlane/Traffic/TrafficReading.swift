private import Foundation
package import Observability

/// What the counters stood at at one moment: what a chart is made of.
package struct TrafficReading: Sendable, Hashable {
    /// In seconds since 1970.
    package var time: Int64
    /// Calls that were answered, by the class of the status.
    var answers: [String: Int] = [:]
    /// How many calls took up to each bound, over all operations, and how many there were.
    var upTo: [Int] = []
    var timed = 0
    /// How many reads came from memory, and how many there were.
    var hits = 0
    var reads = 0
    /// What part of its limit each app has used, of the window of which it has used more.
    var quotas: [String: Double] = [:]

    /// Operations that somebody's probe asks for every few seconds.
    private static let probes: Set<String> = ["live", "ready"]

    /// How the cache answers where Divar is not asked for this read.
    private static let served: Set<String> = ["hit", "negative_hit", "stale_hit", "collapsed"]

    package init(of families: [MetricFamily], at time: Int64) {
        self.time = time
        var (used, limits): ([[MetricLabel]: Int], [[MetricLabel]: Int]) = ([:], [:])
        for family in families {
            switch family.description.name {
            case "divar_gateway_requests_total": add(answers: family)
            case "divar_gateway_request_duration_seconds": add(times: family)
            case "divar_gateway_cache_reads_total": add(reads: family)
            case "divar_gateway_quota_calls_used": used = TrafficReading.counts(family)
            case "divar_gateway_quota_calls_limit": limits = TrafficReading.counts(family)
            default: break
            }
        }
        for (labels, limit) in limits where limit > 0 {
            guard let app = labels.first(where: { $0.name == "app" })?.value else { continue }
            quotas[app] = max(quotas[app, default: 0], Double(used[labels, default: 0]) / Double(limit))
        }
    }

    private static func counts(_ family: MetricFamily) -> [[MetricLabel]: Int] {
        family.samples.reduce(into: [:]) { counts, sample in
            if case .integer(let count) = sample.value { counts[sample.labels] = count }
        }
    }

    private mutating func add(answers family: MetricFamily) {
        for sample in family.samples where !TrafficReading.isProbe(sample) {
            guard case .integer(let count) = sample.value, let status = TrafficReading.label("status", of: sample)
            else { continue }
            answers[status, default: 0] += count
        }
    }

    private mutating func add(times family: MetricFamily) {
        for sample in family.samples where !TrafficReading.isProbe(sample) {
            guard case .distribution(let upTo, _, let count) = sample.value else { continue }
            if self.upTo.isEmpty { self.upTo = Array(repeating: 0, count: upTo.count) }
            for (index, count) in upTo.enumerated() where index < self.upTo.count { self.upTo[index] += count }
            timed += count
        }
    }

    private mutating func add(reads family: MetricFamily) {
        for sample in family.samples {
            guard case .integer(let count) = sample.value else { continue }
            reads += count
            if TrafficReading.label("result", of: sample).map(TrafficReading.served.contains) == true { hits += count }
        }
    }

    private static func isProbe(_ sample: MetricSample) -> Bool {
        label("operation", of: sample).map(probes.contains) ?? false
    }

    private static func label(_ name: String, of sample: MetricSample) -> String? {
        sample.labels.first { $0.name == name }?.value
    }
}
