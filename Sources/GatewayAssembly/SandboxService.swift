internal import ServiceLifecycle

/// A running simulated Divar as a part of the process: ends after the gateway.
struct SandboxService: Service {
    let host: SandboxHost
    /// Called once signals are caught.
    let announce: @Sendable () -> Void

    func run() async throws {
        announce()
        // Cancellation means the same as being asked to stop.
        try? await gracefulShutdown()
        try await host.stop()
    }
}
