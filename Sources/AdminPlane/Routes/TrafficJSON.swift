private import Foundation
internal import StrictJSON

/// The last hour as the admin API gives it: what the charts are drawn from.
enum TrafficJSON {
    static func value(of points: [TrafficPoint]) -> JSONValue {
        .object([
            JSONMember("interval_seconds", .number(String(TrafficHistory.interval))),
            JSONMember("points", .array(points.map(value))),
        ])
    }

    private static func value(of point: TrafficPoint) -> JSONValue {
        var members = [JSONMember("time", .number(String(point.time)))]
        let rates = point.rates.sorted { $0.key < $1.key }.map { JSONMember($0.key, number($0.value)) }
        members.append(JSONMember("answers_per_second", .object(rates)))
        for (name, value) in [
            ("p50_seconds", point.median), ("p95_seconds", point.p95), ("p99_seconds", point.p99),
            ("cache_hit_ratio", point.hitShare),
        ] {
            if let value { members.append(JSONMember(name, number(value))) }
        }
        if !point.quotas.isEmpty {
            let quotas = point.quotas.sorted { $0.key < $1.key }.map { JSONMember($0.key, number($0.value)) }
            members.append(JSONMember("quota_used_ratio", .object(quotas)))
        }
        return .object(members)
    }

    private static func number(_ value: Double) -> JSONValue { .number(String(format: "%.6f", value)) }
}
