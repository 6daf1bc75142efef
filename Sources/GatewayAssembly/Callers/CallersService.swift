internal import ServiceLifecycle

/// Looks every second whether the callers file changed, and at the end puts down who called last.
struct CallersService: Service {
    let watch: CallersWatch

    private static let interval: Duration = .seconds(1)

    func run() async throws {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            await watch.look()
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: CallersService.interval) }
        }
        await watch.writeUses()
    }
}
