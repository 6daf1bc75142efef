private import Delivery
private import Egress
private import FoundationEssentials
private import Messaging
internal import Observability

extension GatewayMetrics {
    var keyFamilies: [MetricFamily] {
        let now = Int(Date().timeIntervalSince1970)
        var (ages, states): ([MetricSample], [MetricSample]) = ([], [])
        for report in keys.reports() {
            let labels = [MetricLabel("app", report.app.text), MetricLabel("key", report.name)]
            states.append(MetricSample(labels, .integer(report.kind == .trusted ? 1 : 0)))
            // A successor stands beside the key that it is to follow, under the same name.
            guard report.kind != .candidate, let created = report.created else { continue }
            ages.append(MetricSample(labels, .integer(max(0, now - created))))
        }
        return [
            MetricFamily(
                MetricDescription(
                    "divar_gateway_key_age_seconds", .gauge, "How long ago a key was made, where that is known."),
                ages),
            MetricFamily(
                MetricDescription(
                    "divar_gateway_key_up", .gauge, "0 where Divar refuses a key, or it is not proved yet."),
                GatewayMetrics.distinct(states)),
        ]
    }

    /// Of several with the same labels the lowest.
    private static func distinct(_ samples: [MetricSample]) -> [MetricSample] {
        var kept: [[MetricLabel]: MetricSample] = [:]
        for sample in samples where sample.value == .integer(0) || kept[sample.labels] == nil {
            kept[sample.labels] = sample
        }
        return kept.values.sorted { $0.labels.lexicographicallyPrecedes($1.labels) }
    }
}
