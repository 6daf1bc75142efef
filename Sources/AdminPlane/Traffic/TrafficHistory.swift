private import Synchronization

/// The last hour, reading by reading: a gateway without a Prometheus beside it has charts as well. Any thread.
package final class TrafficHistory: Sendable {
    /// In seconds, from one reading to the next.
    package static let interval: Int64 = 5
    /// An hour.
    static let maximum = 720

    private struct State {
        var last: TrafficReading?
        var points: [TrafficPoint] = []
    }

    private let bounds: [Double]
    private let state = Mutex(State())

    /// - Parameter bounds: of the histogram of times.
    package init(bounds: [Double]) {
        self.bounds = bounds
    }

    package func add(_ reading: TrafficReading) {
        state.withLock { state in
            if let last = state.last {
                state.points.append(TrafficPoint(from: last, to: reading, bounds: bounds))
                if state.points.count > TrafficHistory.maximum { state.points.removeFirst() }
            }
            state.last = reading
        }
    }

    /// Oldest first.
    var points: [TrafficPoint] { state.withLock { $0.points } }
}
