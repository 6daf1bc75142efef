/// A family of metrics: what it is called, what it counts, in which unit.
package struct MetricDescription: Sendable, Hashable {
    /// With its unit, and `_total` where it only grows (prometheus.io/docs/practices/naming).
    package let name: String
    package let help: String
    package let kind: MetricKind
    /// The upper bounds of a histogram, rising; the last, infinity, goes without saying.
    package let bounds: [Double]

    package init(_ name: String, _ kind: MetricKind, bounds: [Double] = [], _ help: String) {
        (self.name, self.kind, self.bounds, self.help) = (name, kind, bounds, help)
    }
}
