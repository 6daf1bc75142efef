/// A family with all of its series, as they stand now.
package struct MetricFamily: Sendable, Hashable {
    package let description: MetricDescription
    package let samples: [MetricSample]

    package init(_ description: MetricDescription, _ samples: [MetricSample]) {
        (self.description, self.samples) = (description, samples)
    }
}
