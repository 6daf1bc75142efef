internal import AdminPlane
private import Foundation
internal import Observability
internal import ServiceLifecycle

/// Looks at the counters every few seconds, for the console's charts.
struct TrafficService: Service {
    let registry: MetricsRegistry
    let history: TrafficHistory

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                history.add(TrafficReading(of: registry.collect(), at: Int64(Date().timeIntervalSince1970)))
                // Cancellation only means to wait less.
                try? await Task.sleep(for: .seconds(TrafficHistory.interval))
            }
        }
    }
}
