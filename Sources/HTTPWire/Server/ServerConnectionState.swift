/// The rules of one server connection: what may come next, and what is done about it.
///
/// One request at a time: while an answer is pending, whatever else was pipelined waits. Fed with events, gives
/// actions; knows no channel and no clock.
struct ServerConnectionState {
    enum Phase: Equatable {
        /// Between requests.
        case idle
        /// Bytes of a head have come, but not all.
        case head
        /// An admitted request's body is coming.
        case body(received: Int, limit: Int)
        /// The request is complete, its answer isn't.
        case answering
        /// The answer was given before the request's end; the rest of the request is swallowed.
        case swallowing
        /// Our side is closed; what still comes is dropped until the other side closes too.
        case lingering
        case closed
    }

    enum Deadline { case idle, header, body, linger }

    enum BodyAction: Equatable { case keep, drop, refuseTooLarge(limit: Int) }
    enum EndAction: Equatable { case answer, nextRequest, nothing }
    enum AfterResponse: Equatable { case nextRequest, swallowRest, closeOutput }

    private(set) var phase = Phase.idle
    private(set) var exchange: UInt64 = 0
    private var keepAlive = true
    private var draining = false

    /// Whether the next request can be taken up.
    var isReadyForRequest: Bool { phase == .idle || phase == .head }
    var isIdle: Bool { phase == .idle }

    /// Which deadline runs now.
    var deadline: Deadline? {
        switch phase {
        case .idle: .idle
        case .head: .header
        case .body, .swallowing: .body
        case .answering, .closed: nil
        case .lingering: .linger
        }
    }

    /// A request's first bytes were read. True where they start its clock.
    mutating func headBegan() -> Bool {
        guard phase == .idle else { return false }
        phase = .head
        return true
    }

    mutating func requestBegan(keepAlive: Bool) {
        exchange += 1
        self.keepAlive = keepAlive
    }

    mutating func requestAdmitted(bodyLimit: Int) {
        phase = .body(received: 0, limit: bodyLimit)
    }

    mutating func bodyArrived(_ count: Int) -> BodyAction {
        guard case .body(let received, let limit) = phase else { return .drop }
        guard received + count <= limit else { return .refuseTooLarge(limit: limit) }
        phase = .body(received: received + count, limit: limit)
        return .keep
    }

    mutating func requestEnded() -> EndAction {
        switch phase {
        case .body:
            phase = .answering
            return .answer
        case .swallowing:
            phase = .idle
            return .nextRequest
        case .idle, .head, .answering, .lingering, .closed:
            return .nothing
        }
    }

    /// Whether the answer says that the connection closes after it. Asked before the answer is written.
    ///
    /// - Parameter swallowable: whether the rest of an unfinished request is small enough to be swallowed.
    func closesAfterResponse(swallowable: Bool) -> Bool {
        guard keepAlive, !draining else { return true }
        return phase != .answering && !swallowable
    }

    mutating func responded(closing: Bool) -> AfterResponse {
        if closing {
            phase = .lingering
            return .closeOutput
        }
        if phase == .answering {
            phase = .idle
            return .nextRequest
        }
        phase = .swallowing
        return .swallowRest
    }

    /// The next answer is the last one.
    mutating func drain() {
        draining = true
    }

    /// Nothing came for long enough: our side closes, and what crosses that on its way is read and dropped. Closing
    /// both sides at once would answer it with a reset.
    mutating func idleEnded() {
        phase = .lingering
    }

    /// Whether no further request is taken up.
    var isDraining: Bool { draining }

    mutating func closed() {
        phase = .closed
    }
}
