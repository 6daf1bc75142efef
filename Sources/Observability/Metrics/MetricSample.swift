/// One series of a family, as it stands now.
package struct MetricSample: Sendable, Hashable {
    package let labels: [MetricLabel]
    package let value: MetricValue

    package init(_ labels: [MetricLabel], _ value: MetricValue) {
        (self.labels, self.value) = (labels, value)
    }

    package init(_ value: MetricValue) {
        self.init([], value)
    }
}
