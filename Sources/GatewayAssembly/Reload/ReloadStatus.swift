private import FoundationEssentials
internal import Observability
private import Synchronization

/// How it stands with the configuration, for `/health/ready` and metrics.
final class ReloadStatus: Sendable, MetricSource {
    private let state = Mutex((isCurrent: true, applied: Date().timeIntervalSince1970))

    func applied() {
        let now = Date().timeIntervalSince1970
        state.withLock { $0 = (true, now) }
    }

    func refused() {
        state.withLock { $0.isCurrent = false }
    }

    /// Paths and values are for the log: whoever may ask for the readiness may be anybody.
    var detail: String {
        state.withLock { $0.isCurrent }
            ? "the configuration is in force" : "a newer configuration can not be applied, see the log"
    }

    func families() -> [MetricFamily] {
        let (isCurrent, applied) = state.withLock { $0 }
        return [
            MetricFamily(
                MetricDescription(
                    "divar_gateway_config_last_reload_successful", .gauge,
                    "0 where a newer configuration could not be applied."),
                [MetricSample(.integer(isCurrent ? 1 : 0))]),
            MetricFamily(
                MetricDescription(
                    "divar_gateway_config_last_reload_success_timestamp_seconds", .gauge,
                    "When the configuration that is in force was read, in seconds since 1970."),
                [MetricSample(.number(applied))]),
        ]
    }
}
