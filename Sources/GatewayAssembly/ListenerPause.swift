internal import HTTPWire
private import Synchronization

/// Makes a listener go away for a while: connections are refused as they are where no process listens.
final class ListenerPause: Sendable {
    private let listener = Mutex<(server: HTTPServer, address: ListenAddress)?>(nil)

    func attach(server: HTTPServer, address: ListenAddress) {
        listener.withLock { $0 = (server, address) }
    }

    /// Returns at once; the listener comes back by itself on the same port.
    func begin(for duration: Duration) {
        guard let (server, address) = listener.withLock({ $0 }) else { return }
        // Asked for by a request that must not wait, and so in a task of its own that ends with the pause.
        Task {
            await server.stopListening()
            await server.closeIdleConnections()
            try? await Task.sleep(for: duration)
            // The port can be taken by somebody else in the meantime; then connections stay refused, which is what a
            // pause looks like.
            _ = try? await server.listen(on: address)
        }
    }
}
