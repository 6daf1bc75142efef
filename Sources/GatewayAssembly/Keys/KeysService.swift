internal import ServiceLifecycle

/// Looks every second whether a key changed where it is kept.
struct KeysService: Service {
    let watch: KeysWatch

    private static let interval: Duration = .seconds(1)

    func run() async throws {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            await watch.look()
            // Cancellation only means to wait less.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: KeysService.interval) }
        }
    }
}
