private import Egress
internal import Observability

extension GatewayMetrics {
    var cacheFamilies: [MetricFamily] {
        let report = cache.report()
        return [
            GatewayMetrics.gauge("divar_gateway_cache_entries", "Conversations that are kept.", report.entries),
            GatewayMetrics.gauge("divar_gateway_cache_bytes", "Memory that they take.", report.bytes),
            GatewayMetrics.gauge("divar_gateway_cache_limit_bytes", "Memory that they may take.", report.maximumBytes),
            GatewayMetrics.counter(
                "divar_gateway_cache_fetches_total", "Reads that were asked of Divar in order to be kept.",
                report.fetches),
            GatewayMetrics.counter(
                "divar_gateway_cache_fences_total",
                "Fetches that were not kept, because something changed while they were under way.", report.fences),
            GatewayMetrics.counter(
                "divar_gateway_cache_evictions_total", "Conversations that made room for others.", report.evictions),
        ]
    }

    static func counter(_ name: String, _ help: String, _ value: Int) -> MetricFamily {
        MetricFamily(MetricDescription(name, .counter, help), [MetricSample(.integer(value))])
    }
}
