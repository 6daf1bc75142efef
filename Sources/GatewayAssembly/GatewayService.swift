internal import Logging
internal import ServiceLifecycle

/// The running gateway as a part of the process: stops when the process is asked to.
struct GatewayService: Service {
    let gateway: Gateway
    let logger: Logger
    /// Nil where no service manager listens.
    let notifier: ServiceNotifier?
    /// Called once signals are caught: whoever reads that the gateway listens may stop it at once.
    let announce: @Sendable () -> Void

    func run() async throws {
        announce()
        notifier?.notify(.ready(gateway.statusLine))
        // Cancellation means the same as being asked to stop.
        try? await gracefulShutdown()
        logger.notice("stopping")
        notifier?.notify(.stopping("waiting for calls under way"))
        try await gateway.stop()
        logger.notice("stopped")
    }
}
