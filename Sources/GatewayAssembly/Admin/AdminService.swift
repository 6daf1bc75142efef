internal import ServiceLifecycle

/// The admin listeners as a part of the process: there until the gateway has stopped.
struct AdminService: Service {
    let host: AdminHost
    /// Nil before the gateway runs.
    let trail: TrailDesk?

    func run() async throws {
        // Cancellation means the same as being asked to stop.
        try? await gracefulShutdown()
        try await host.stop()
        await trail?.stop()
    }
}
