internal import HTTPWire
internal import Logging
private import NIOCore
private import Synchronization

/// Says in the log who fails to speak TLS to us, once a second at most: whoever does needs no key for it.
final class FailedHandshakeLog: Sendable {
    private let logger: Logger
    private let state = Mutex<(next: NIODeadline, unsaid: Int)>((.uptimeNanoseconds(0), 0))

    init(logger: Logger) {
        self.logger = logger
    }

    func report(_ failure: FailedHandshake, on listener: ListenAddress) {
        let now = NIODeadline.now()
        let unsaid = state.withLock { state -> Int? in
            guard now >= state.next else {
                state.unsaid += 1
                return nil
            }
            defer { state = (now + .seconds(1), 0) }
            return state.unsaid
        }
        guard let unsaid else { return }
        logger.info(
            "a TLS handshake failed",
            metadata: [
                "listener": "\(listener)", "peer": "\(failure.address)", "reason": "\(failure.reason)",
                "unsaid": "\(unsaid)",
            ]
        )
    }
}
