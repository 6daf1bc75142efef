private import Dispatch
private import Glibc
private import Messaging
internal import NIOCore
internal import NIOPosix

/// Looks up a host for one connection, and gives only addresses that may be called. What it gives is what is connected
/// to: a name that leads elsewhere a moment later leads nowhere.
final class GuardedResolver: Resolver, Sendable {
    /// No address could be found, for whatever reason.
    private struct Unknown: Error {}

    private let egress: EgressGuard
    private let eventLoop: any EventLoop
    private let v4: EventLoopPromise<[SocketAddress]>
    private let v6: EventLoopPromise<[SocketAddress]>

    init(_ egress: EgressGuard, eventLoop: any EventLoop) {
        self.egress = egress
        self.eventLoop = eventLoop
        v4 = eventLoop.makePromise()
        v6 = eventLoop.makePromise()
    }

    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        // The system's resolver blocks, for seconds where a name server is away: not on the loop, and not in a pool
        // that others wait for.
        DispatchQueue.global().async { [self] in
            let result = Result { try GuardedResolver.lookUp(host, port: port) }
            eventLoop.execute { self.finish(result) }
        }
        return v4.futureResult
    }

    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        v6.futureResult
    }

    func cancelQueries() {}

    private func finish(_ result: Result<[SocketAddress], any Error>) {
        switch result {
        case .failure(let error):
            v6.fail(error)
            v4.fail(error)
        case .success(let found):
            complete(v6, with: found.filter { $0.protocol == .inet6 })
            complete(v4, with: found.filter { $0.protocol != .inet6 })
        }
    }

    /// The addresses of one family that may be called, or why there are none.
    private func complete(_ promise: EventLoopPromise<[SocketAddress]>, with found: [SocketAddress]) {
        var refusal: RefusedAddress?
        let admitted = found.filter { address in
            guard let text = address.ipAddress, let address = IPAddress(text) else { return false }
            guard let refused = egress.refusal(of: address) else { return true }
            refusal = refusal ?? refused
            return false
        }
        if admitted.isEmpty, let refusal {
            promise.fail(refusal)
        } else {
            promise.succeed(admitted)
        }
    }

    /// Blocks.
    private static func lookUp(_ host: String, port: Int) throws -> [SocketAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else {
            throw Unknown()
        }
        defer { unsafe freeaddrinfo(list) }
        var found: [SocketAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            if let address = unsafe address(entry.pointee, host: host) { found.append(address) }
            unsafe next = entry.pointee.ai_next
        }
        return found
    }

    private static func address(_ entry: addrinfo, host: String) -> SocketAddress? {
        guard let bytes = unsafe UnsafeRawPointer(entry.ai_addr) else { return nil }
        switch unsafe entry.ai_family {
        case AF_INET: return SocketAddress(unsafe bytes.load(as: sockaddr_in.self), host: host)
        case AF_INET6: return SocketAddress(unsafe bytes.load(as: sockaddr_in6.self), host: host)
        default: return nil
        }
    }
}
