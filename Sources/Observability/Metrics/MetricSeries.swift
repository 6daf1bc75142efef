/// What one series stands at.
protocol MetricSeries: AnyObject, Sendable {
    var value: MetricValue { get }
}
