internal import ServiceLifecycle

/// Tells the service manager that the gateway is alive, for as long as every event loop answers: what hangs is to be
/// restarted, not what merely waits for Divar or for a disk, which a restart doesn't mend.
struct WatchdogService: Service {
    let notifier: ServiceNotifier
    /// How long the service manager waits between two signs of life.
    let patience: Duration
    let isAlive: @Sendable (_ within: Duration) async -> Bool

    /// Nil where nobody watches: sd_watchdog_enabled(3).
    static func patience(environment: [String: String], process: Int32) -> Duration? {
        guard let microseconds = environment["WATCHDOG_USEC"].flatMap(Int64.init), microseconds > 0,
            environment["WATCHDOG_PID"].map({ Int32($0) == process }) ?? true
        else { return nil }
        return .microseconds(microseconds)
    }

    func run() async throws {
        let interval = patience / 3
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                if await isAlive(interval) { notifier.notify(.alive) }
                // Cancellation only means to wait less: it is the way that this ends.
                try? await Task.sleep(for: interval)
            }
        }
    }
}
