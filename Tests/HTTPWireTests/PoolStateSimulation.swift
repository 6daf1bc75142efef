import SeededCases
@testable import HTTPWire
import NIOCore

/// A pool's surroundings in numbers: feeds random events and keeps its own account of what has to hold.
struct PoolStateSimulation {
    enum Fate: Equatable { case waiting, serving(Int), done, refused, abandoned, failed }

    var random: SplitMix64
    var state: PoolState<Int, Int>
    var clock: UInt64 = 1
    var fates: [Fate] = []
    /// Waiting calls, eldest first.
    var queue: [Int] = []
    var idle: [Int: UInt64] = [:]
    var leased: [Int: Int] = [:]
    var connecting = 0
    private var nextConnection = 0
    /// What did not hold; empty while all is well.
    private(set) var complaints: [String] = []

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        state = PoolState(maximumConnections: 1 + random.below(4), maximumWaiters: random.below(7))
    }

    private var now: NIODeadline { .uptimeNanoseconds(clock) }

    private mutating func require(_ holds: Bool, _ what: String) {
        if !holds { complaints.append(what) }
    }

    mutating func step() {
        clock += UInt64(random.below(5))
        switch random.below(11) {
        case 0...3: acquire()
        case 4, 5: connected()
        case 6: connectFailed()
        case 7, 8: released()
        case 9: random.chance(1, in: 2) ? closed() : abandon()
        default: expire()
        }
        check()
    }

    private mutating func acquire() {
        let call = fates.count
        fates.append(.waiting)
        let (hadIdle, hadWaiters) = (!idle.isEmpty, queue.count)
        switch state.acquire(for: call) {
        case .use(let connection):
            let newest = idle.values.max()
            require(
                idle[connection] != nil && idle[connection] == newest,
                "call \(call) got \(connection), not the newest idle one")
            lend(connection, to: call)
        case .wait(let connect):
            require(!hadIdle, "call \(call) waits though a connection is idle")
            require(hadWaiters < state.maximumWaiters, "call \(call) waits beyond the maximum")
            queue.append(call)
            if connect { connecting += 1 }
        case .refuse:
            require(!hadIdle && hadWaiters == state.maximumWaiters, "call \(call) was refused though there is room")
            fates[call] = .refused
        }
    }

    private mutating func lend(_ connection: Int, to call: Int) {
        require(leased[connection] == nil, "connection \(connection) was lent twice")
        require(fates[call] == .waiting, "call \(call) was served though it is \(fates[call])")
        idle[connection] = nil
        leased[connection] = call
        fates[call] = .serving(connection)
    }

    private mutating func freed(_ connection: Int, _ release: PoolState<Int, Int>.Release) {
        switch release {
        case .serve(let call):
            require(queue.first == call, "call \(call) was served before its turn")
            queue.removeAll { $0 == call }
            lend(connection, to: call)
        case .park:
            require(queue.isEmpty, "connection \(connection) was parked though calls wait")
            idle[connection] = clock
        }
    }

    mutating func connected() {
        guard connecting > 0 else { return }
        connecting -= 1
        nextConnection += 1
        freed(nextConnection, state.connected(nextConnection, at: now))
    }

    private mutating func connectFailed() {
        guard connecting > 0 else { return }
        connecting -= 1
        let (heard, connect) = state.connectFailed()
        if connect { connecting += 1 }
        guard let call = heard else { return }
        require(queue.first == call, "call \(call) heard of a failure before its turn")
        queue.removeAll { $0 == call }
        fates[call] = .failed
    }

    mutating func released() {
        guard let (connection, call) = leased.min(by: { $0.key < $1.key }) else { return }
        leased[connection] = nil
        fates[call] = .done
        freed(connection, state.released(connection, at: now))
    }

    private mutating func closed() {
        let known = (Array(idle.keys) + Array(leased.keys)).sorted()
        guard !known.isEmpty else { return }
        let connection = random.element(of: known)
        idle[connection] = nil
        if let call = leased.removeValue(forKey: connection) { fates[call] = .failed }
        if state.closed(connection) { connecting += 1 }
    }

    private mutating func abandon() {
        guard !fates.isEmpty else { return }
        let call = random.below(fates.count)
        let waits = fates[call] == .waiting
        require(state.abandon(call) == waits, "abandoning call \(call), which is \(fates[call])")
        guard waits else { return }
        queue.removeAll { $0 == call }
        fates[call] = .abandoned
    }

    private mutating func expire() {
        let limit = clock - min(clock, UInt64(random.below(20)))
        let old = state.expire(idleSince: .uptimeNanoseconds(limit))
        require(Set(old) == Set(idle.filter { $0.value <= limit }.keys), "expired \(old) at \(limit) of \(idle)")
        require(Set(old).count == old.count, "expired \(old), one of them twice")
        for connection in old { idle[connection] = nil }
        // The shell closes them, and tells the state so.
        for connection in old where state.closed(connection) { connecting += 1 }
    }

    private mutating func check() {
        require(state.open == idle.count + leased.count + connecting, "counts \(state.open) open")
        require(state.open <= state.maximumConnections, "\(state.open) open of \(state.maximumConnections)")
        require(state.connecting == connecting, "counts \(state.connecting) connecting")
        require(state.hasIdle == !idle.isEmpty, "is wrong about idle connections")
        require(queue.count <= state.maximumWaiters, "\(queue.count) wait of \(state.maximumWaiters)")
        require(queue.isEmpty || idle.isEmpty, "calls wait while connections are idle")
        require(Set(leased.values).count == leased.count, "a call is served by two connections")
    }

    /// Whether something is under way that can end the wait of those who wait.
    var somebodyCanServe: Bool { queue.isEmpty || connecting > 0 || !leased.isEmpty }
}
