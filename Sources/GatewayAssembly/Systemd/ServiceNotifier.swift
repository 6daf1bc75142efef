private import Glibc

/// Tells the service manager how the process is, by the protocol of sd_notify(3): datagrams to the socket that
/// `$NOTIFY_SOCKET` names. Nothing waits for it, and nothing depends on it being heard.
package struct ServiceNotifier: Sendable {
    private static let variable = "NOTIFY_SOCKET"

    private let path: String

    /// Nil where no service manager listens.
    package init?(environment: [String: String]) {
        // A file's path, or an abstract name, which is written with @ for its zero byte.
        guard let path = environment[ServiceNotifier.variable], let first = path.first, first == "/" || first == "@",
            path.utf8.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path)
        else { return nil }
        self.path = path
    }

    package func notify(_ state: ServiceState) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let message = Array(state.text.utf8)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = path.utf8.enumerated().map { $0.offset == 0 && $0.element == UInt8(ascii: "@") ? 0 : $0.element }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
                // Nobody there to hear it is no reason to stop.
                _ = unsafe sendto(descriptor, message, message.count, flags, address, length)
            }
        }
    }
}
