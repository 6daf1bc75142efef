internal import ServiceLifecycle

/// Looks every second whether the configuration's file changed, and reads it once it rests: who writes a file in place
/// has half of it there for a moment, and half a configuration may be a valid one.
struct ConfigurationWatchService: Service {
    let reload: ConfigurationReload
    let path: String
    /// As the file was when the gateway read it at its start.
    let first: FileStamp?

    private static let interval: Duration = .seconds(1)

    func run() async throws {
        var applied = first
        var seen = first
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            let found = FileStamp(path: path)
            // A file that is gone is no order: a mount that went away looks the same.
            if found != nil, found == seen, found != applied {
                applied = found
                await reload.reload(by: .file)
            }
            seen = found
            // Cancellation only means to wait less.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: ConfigurationWatchService.interval) }
        }
    }
}
