internal import Metrics
private import Synchronization

/// How observations are spread over buckets. A timer's are in seconds.
final class HistogramSeries: RecorderHandler, TimerHandler, MetricSeries {
    private struct Observed {
        var inBucket: [Int]
        var sum = 0.0
        var count = 0
    }

    private let bounds: [Double]
    private let observed: Mutex<Observed>

    init(bounds: [Double]) {
        self.bounds = bounds
        observed = Mutex(Observed(inBucket: Array(repeating: 0, count: bounds.count)))
    }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        // Few enough that looking at them in turn is the quickest.
        let bucket = bounds.firstIndex { value <= $0 }
        observed.withLock { observed in
            if let bucket { observed.inBucket[bucket] += 1 }
            observed.sum += value
            observed.count += 1
        }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }

    var value: MetricValue {
        let now = observed.withLock { $0 }
        var upTo: [Int] = []
        for count in now.inBucket { upTo.append(count + (upTo.last ?? 0)) }
        return .distribution(upTo: upTo, sum: now.sum, count: now.count)
    }
}
