internal import Metrics
private import Synchronization

/// A count that only grows.
final class CounterSeries: CounterHandler, MetricSeries {
    private let count = Atomic<Int>(0)

    func increment(by amount: Int64) {
        // A counter that wraps looks like one that was reset, which is what readers of counters expect.
        count.wrappingAdd(Int(truncatingIfNeeded: amount), ordering: .relaxed)
    }

    func reset() {
        count.store(0, ordering: .relaxed)
    }

    var value: MetricValue { .integer(count.load(ordering: .relaxed)) }
}
