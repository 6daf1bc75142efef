import SeededCases
@testable import HTTPWire
import Testing

/// The rules of one server connection, event by event.
@Suite struct ServerConnectionStateTests {
    /// A state that has taken a request up and waits for its body.
    private func admitted(limit: Int = 10, keepAlive: Bool = true) -> ServerConnectionState {
        var state = ServerConnectionState()
        _ = state.headBegan()
        state.requestBegan(keepAlive: keepAlive)
        state.requestAdmitted(bodyLimit: limit)
        return state
    }

    private func answering(keepAlive: Bool = true) -> ServerConnectionState {
        var state = admitted(keepAlive: keepAlive)
        _ = state.requestEnded()
        return state
    }

    @Test func `a new connection is idle`() {
        let state = ServerConnectionState()
        #expect(state.phase == .idle)
        #expect(state.isIdle && state.isReadyForRequest)
        #expect(state.deadline == .idle)
        #expect(state.exchange == 0)
    }

    @Test func `the first byte starts the clock of the head, further ones do not`() {
        var state = ServerConnectionState()
        #expect(state.headBegan() == true)
        #expect(state.phase == .head)
        #expect(state.deadline == .header)
        #expect(state.headBegan() == false)
        #expect(!state.isIdle && state.isReadyForRequest)
    }

    @Test func `a request goes from head to body to answer to the next request`() {
        var state = admitted()
        #expect(state.phase == .body(received: 0, limit: 10))
        #expect(state.deadline == .body)
        #expect(!state.isReadyForRequest)
        #expect(state.bodyArrived(4) == .keep)
        #expect(state.bodyArrived(6) == .keep)
        #expect(state.requestEnded() == .answer)
        #expect(state.phase == .answering)
        #expect(state.deadline == nil)
        #expect(!state.closesAfterResponse(swallowable: false))
        #expect(state.responded(closing: false) == .nextRequest)
        #expect(state.isIdle)
        #expect(state.exchange == 1)
        _ = state.headBegan()
        state.requestBegan(keepAlive: true)
        #expect(state.exchange == 2)
    }

    @Test(arguments: [(0, [1]), (10, [11]), (10, [10, 1]), (10, [5, 6]), (10, [9, 1, 1])])
    func `a body over its limit is refused`(_ limit: Int, _ parts: [Int]) {
        var state = admitted(limit: limit)
        for part in parts.dropLast() { #expect(state.bodyArrived(part) == .keep) }
        #expect(state.bodyArrived(parts.last ?? 0) == .refuseTooLarge(limit: limit))
    }

    @Test func `a body of exactly its limit is kept, and so is none at all`() {
        var state = admitted(limit: 0)
        #expect(state.bodyArrived(0) == .keep)
        #expect(state.requestEnded() == .answer)
        var other = admitted(limit: 10)
        #expect(other.bodyArrived(10) == .keep)
        #expect(other.bodyArrived(0) == .keep)
        #expect(other.requestEnded() == .answer)
    }

    @Test func `bytes that belong to no admitted request are dropped`() {
        var idle = ServerConnectionState()
        #expect(idle.bodyArrived(1) == .drop)
        #expect(idle.requestEnded() == .nothing)
        var busy = answering()
        #expect(busy.bodyArrived(1) == .drop)
        #expect(busy.requestEnded() == .nothing)
        #expect(busy.phase == .answering)
        #expect(busy.headBegan() == false)
    }

    @Test func `an early answer swallows the rest of the request`() {
        var state = ServerConnectionState()
        _ = state.headBegan()
        state.requestBegan(keepAlive: true)
        #expect(!state.closesAfterResponse(swallowable: true))
        #expect(state.responded(closing: false) == .swallowRest)
        #expect(state.phase == .swallowing)
        #expect(state.deadline == .body)
        #expect(!state.isReadyForRequest)
        #expect(state.bodyArrived(1_000_000) == .drop)
        #expect(state.requestEnded() == .nextRequest)
        #expect(state.isIdle)
    }

    @Test func `an early answer to a request too large to swallow closes`() {
        var state = ServerConnectionState()
        _ = state.headBegan()
        state.requestBegan(keepAlive: true)
        #expect(state.closesAfterResponse(swallowable: false))
        #expect(state.responded(closing: true) == .closeOutput)
        #expect(state.phase == .lingering)
        #expect(state.deadline == .linger)
    }

    @Test func `a request without keep-alive closes after its answer`() {
        var state = answering(keepAlive: false)
        #expect(state.closesAfterResponse(swallowable: true))
        #expect(state.responded(closing: true) == .closeOutput)
        #expect(!state.isReadyForRequest && !state.isIdle)
        #expect(state.bodyArrived(1) == .drop)
        #expect(state.requestEnded() == .nothing)
        #expect(state.headBegan() == false)
    }

    @Test func `keep-alive is each request's own`() {
        var state = answering(keepAlive: true)
        #expect(state.responded(closing: false) == .nextRequest)
        _ = state.headBegan()
        state.requestBegan(keepAlive: false)
        state.requestAdmitted(bodyLimit: 0)
        _ = state.requestEnded()
        #expect(state.closesAfterResponse(swallowable: true))
    }

    @Test func `draining makes the answer that is due the last one, wherever the request is`() {
        var busy = answering()
        busy.drain()
        #expect(busy.phase == .answering)
        #expect(busy.closesAfterResponse(swallowable: true))
        var head = ServerConnectionState()
        _ = head.headBegan()
        head.drain()
        #expect(head.phase == .head)
        var body = admitted()
        body.drain()
        #expect(body.bodyArrived(1) == .keep)
        #expect(body.requestEnded() == .answer)
        #expect(body.closesAfterResponse(swallowable: true))
    }

    @Test func `an idle connection that is drained still takes a request that was on its way`() {
        var state = ServerConnectionState()
        state.drain()
        #expect(state.deadline == .idle)
        let isRequest = state.headBegan()
        #expect(isRequest)
        state.requestBegan(keepAlive: true)
        #expect(state.closesAfterResponse(swallowable: true))
        #expect(state.responded(closing: true) == .closeOutput)
    }

    @Test func `an idle connection closes its own side first, and drops what crosses that`() {
        var state = ServerConnectionState()
        state.idleEnded()
        #expect(state.phase == .lingering)
        #expect(state.deadline == .linger)
        let isRequest = state.headBegan()
        #expect(!isRequest)
        #expect(!state.isReadyForRequest)
    }
}

/// One random life of a connection, with an account of what has to hold.
private struct ConnectionLife {
    var random: SplitMix64
    var state = ServerConnectionState()
    private(set) var complaints: [String] = []
    private var begun: UInt64 = 0
    private var answered: UInt64 = 0
    private var received = 0
    private var limit = 0
    private var keepAlive = true
    private var draining = false
    private var over = false

    init(random: SplitMix64) {
        self.random = random
    }

    private mutating func require(_ holds: Bool, _ what: String) {
        if !holds { complaints.append("\(what), in \(state.phase)") }
    }

    mutating func step() {
        let before = state.phase
        switch random.below(12) {
        case 0...2: arrive(before)
        case 3...5: begin()
        case 6, 7: body(before)
        case 8: end(before)
        case 9, 10: if before == .answering { respond() }
        default: rare(before)
        }
        require(state.exchange == begun, "the count of requests is off")
        require(begun - answered <= 1, "two requests are under way")
        if over { require(!state.isReadyForRequest, "a request is taken up after the last answer") }
        require((state.deadline == nil) == [.answering, .closed].contains(state.phase), "the wrong deadline")
    }

    private mutating func arrive(_ before: ServerConnectionState.Phase) {
        require(state.headBegan() == (before == .idle), "bytes begin a request where they may not")
    }

    private mutating func begin() {
        guard state.isReadyForRequest else { return }
        _ = state.headBegan()
        keepAlive = random.chance(4, in: 5)
        state.requestBegan(keepAlive: keepAlive)
        begun += 1
        guard random.chance(3, in: 4) else { return respond() }
        (received, limit) = (0, random.below(20))
        state.requestAdmitted(bodyLimit: limit)
    }

    private mutating func body(_ before: ServerConnectionState.Phase) {
        let count = random.below(8)
        let action = state.bodyArrived(count)
        guard case .body = before else { return require(action == .drop, "a stray body is kept") }
        if received + count > limit {
            require(action == .refuseTooLarge(limit: limit), "a body over its limit is kept")
            respond(forced: true)
        } else {
            require(action == .keep, "a body within its limit is not kept")
            received += count
        }
    }

    private mutating func end(_ before: ServerConnectionState.Phase) {
        let action = state.requestEnded()
        switch before {
        case .body: require(action == .answer, "a whole request is not answered")
        case .swallowing: require(action == .nextRequest && state.isIdle, "swallowing does not end")
        default: require(action == .nothing && state.phase == before, "an end out of place does something")
        }
    }

    private mutating func respond(forced: Bool = false) {
        let wasAnswering = state.phase == .answering
        let swallowable = random.chance(1, in: 2)
        let closing = forced || state.closesAfterResponse(swallowable: swallowable)
        let mustClose = forced || !keepAlive || draining || (!wasAnswering && !swallowable)
        require(closing == mustClose, "closing is \(closing)")
        answered += 1
        let after = state.responded(closing: closing)
        require(after == (closing ? .closeOutput : wasAnswering ? .nextRequest : .swallowRest), "goes on with \(after)")
        if closing { over = true }
    }

    private mutating func rare(_ before: ServerConnectionState.Phase) {
        if random.chance(1, in: 2) {
            state.drain()
            require(state.phase == before, "draining breaks off what is under way")
            draining = true
        } else if before == .idle, random.chance(1, in: 8) {
            state.idleEnded()
            over = true
        } else if random.chance(1, in: 8) {
            state.closed()
            over = true
        }
    }
}
