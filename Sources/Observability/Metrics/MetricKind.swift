/// What a family of metrics is, by the names of the Prometheus text format.
package enum MetricKind: String, Sendable, Hashable {
    case counter
    case gauge
    case histogram
}
