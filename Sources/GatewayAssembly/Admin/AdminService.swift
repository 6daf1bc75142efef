internal import ServiceLifecycle

/// The admin listeners as a part of the process: there until the gateway has stopped.
struct AdminService: Service {
    let host: AdminHost

    func run() async throws {
        // Cancellation means the same as being asked to stop.
        try? await gracefulShutdown()
        try await host.stop()
    }
}
