private import Glibc
private import NIOCore
private import Synchronization

/// Sockets that listen already, from whoever started this process and keeps them while it is restarted. Each is taken
/// once, by the listener whose address it has. Any thread.
package final class InheritedSockets: Sendable {
    private let sockets: Mutex<[(descriptor: CInt, address: SocketAddress)]>

    /// What isn't a listening stream socket of a known family is passed over, and closed.
    package init(descriptors: [CInt]) {
        sockets = Mutex(
            descriptors.compactMap { descriptor in
                // Programs that print keys are started from here; they have no business with it.
                _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
                guard InheritedSockets.listens(descriptor), let address = InheritedSockets.address(of: descriptor)
                else {
                    close(descriptor)
                    return nil
                }
                return (descriptor, address)
            })
    }

    /// The socket that listens there; nil where none does. It belongs to the caller from here on.
    func take(_ wanted: ListenAddress) -> CInt? {
        guard let address = try? InheritedSockets.address(of: wanted) else { return nil }
        return sockets.withLock { sockets in
            sockets.firstIndex { $0.address == address }.map { sockets.remove(at: $0).descriptor }
        }
    }

    /// Closes those that nobody took, and says where they listened.
    package func closeRest() -> [String] {
        sockets.withLock { sockets in
            defer { sockets = [] }
            return sockets.map { descriptor, address in
                close(descriptor)
                return address.pathname.map { "unix:" + $0 }
                    ?? ListenAddress.tcp(host: address.ipAddress ?? "", port: address.port ?? 0).description
            }
        }
    }

    private static func address(of wanted: ListenAddress) throws -> SocketAddress {
        switch wanted {
        case .tcp(let host, let port): try SocketAddress.makeAddressResolvingHost(host, port: port)
        case .unix(let path): try SocketAddress(unixDomainSocketPath: path)
        }
    }

    private static func listens(_ descriptor: CInt) -> Bool {
        var isListening: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        return unsafe getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &length) == 0 && isListening == 1
    }

    private static func address(of descriptor: CInt) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let isKnown = unsafe withUnsafeMutablePointer(to: &storage) { storage in
            unsafe storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe getsockname(descriptor, address, &length) == 0
            }
        }
        guard isKnown else { return nil }
        let family = CInt(storage.ss_family)
        return unsafe withUnsafeBytes(of: &storage) { bytes -> SocketAddress? in
            switch family {
            case AF_INET: unsafe SocketAddress(bytes.load(as: sockaddr_in.self))
            case AF_INET6: unsafe SocketAddress(bytes.load(as: sockaddr_in6.self))
            case AF_UNIX: unsafe SocketAddress(bytes.load(as: sockaddr_un.self))
            default: nil
            }
        }
    }
}
