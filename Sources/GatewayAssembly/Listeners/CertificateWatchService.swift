internal import ServiceLifecycle

/// Looks after the certificates of the listeners while the gateway runs.
struct CertificateWatchService: Service {
    let certificates: ListenerCertificates

    private static let interval: Duration = .seconds(2)

    func run() async throws {
        guard !certificates.isEmpty else {
            try? await gracefulShutdown()
            return
        }
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                certificates.look()
                // Cancellation only means to wait less.
                try? await Task.sleep(for: CertificateWatchService.interval)
            }
        }
    }
}
