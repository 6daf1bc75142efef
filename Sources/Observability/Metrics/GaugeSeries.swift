internal import Metrics
private import Synchronization

/// A figure that goes up and down.
final class GaugeSeries: MeterHandler, RecorderHandler, MetricSeries {
    private let figure = Mutex<Double>(0)

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { figure.withLock { $0 = value } }
    func increment(by amount: Double) { figure.withLock { $0 += amount } }
    func decrement(by amount: Double) { figure.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }

    var value: MetricValue { .number(figure.withLock { $0 }) }
}
