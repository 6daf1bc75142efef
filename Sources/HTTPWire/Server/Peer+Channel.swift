private import Glibc
internal import NIOCore

extension Peer {
    /// Asks a connection's socket, on its event loop.
    init(of channel: any Channel) {
        self.init(channel.remoteAddress)
        guard host == nil, let socket = channel as? any SocketOptionProvider else { return }
        // On the loop the answer is there at once.
        let answer: EventLoopFuture<Credentials> = socket.unsafeGetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED)
        )
        var user: UInt32?
        answer.assumeIsolated().whenSuccess { user = $0.user }
        userID = user
    }

    /// `struct ucred` of unix(7), which Glibc's module doesn't show.
    private struct Credentials {
        let process: Int32
        let user: UInt32
        let group: UInt32
    }
}
