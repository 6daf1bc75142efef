internal import NIOCore

/// The rules of a connection pool: who gets which connection, when a new one is made, who waits and who is refused.
///
/// Generic over what stands for a connection and for a call, so that it can be tested with numbers. Knows no clock: the
/// times that it compares are given to it.
struct PoolState<Connection: Hashable, Call: Equatable> {
    enum Acquisition: Equatable { case use(Connection), wait(connect: Bool), refuse }
    /// What becomes of a connection that is free.
    enum Release: Equatable { case serve(Call), park }

    let maximumConnections: Int
    let maximumWaiters: Int

    private var idle: [(connection: Connection, since: NIODeadline)] = []
    private var waiting = CircularBuffer<Call>()
    private var leased: Set<Connection> = []
    private(set) var connecting = 0

    init(maximumConnections: Int, maximumWaiters: Int) {
        self.maximumConnections = maximumConnections
        self.maximumWaiters = maximumWaiters
    }

    var open: Int { idle.count + leased.count + connecting }
    var hasIdle: Bool { !idle.isEmpty }

    /// A call wants a connection. The one used last is taken first, so that the others can grow old.
    mutating func acquire(for call: Call) -> Acquisition {
        if let last = idle.popLast() {
            leased.insert(last.connection)
            return .use(last.connection)
        }
        guard waiting.count < maximumWaiters else { return .refuse }
        waiting.append(call)
        return .wait(connect: connectIfUseful())
    }

    /// A connection that was being made is there.
    mutating func connected(_ connection: Connection, at now: NIODeadline) -> Release {
        connecting -= 1
        return free(connection, at: now)
    }

    /// A connection could not be made. Gives the call that hears of it, the eldest of those for which nothing else is
    /// under way, and whether another connection should be made for those behind it.
    mutating func connectFailed() -> (heard: Call?, connect: Bool) {
        connecting -= 1
        let heard = waiting.count > connecting ? waiting.popFirst() : nil
        return (heard, connectIfUseful())
    }

    /// A leased connection can be used again.
    mutating func released(_ connection: Connection, at now: NIODeadline) -> Release {
        leased.remove(connection)
        return free(connection, at: now)
    }

    /// A connection is gone, whatever it was doing. True where a new one should be made for those who wait.
    mutating func closed(_ connection: Connection) -> Bool {
        idle.removeAll { $0.connection == connection }
        leased.remove(connection)
        return connectIfUseful()
    }

    /// A call no longer waits. True where it did.
    mutating func abandon(_ call: Call) -> Bool {
        guard let index = waiting.firstIndex(of: call) else { return false }
        waiting.remove(at: index)
        return true
    }

    /// Takes out the connections that have been idle since then or longer.
    mutating func expire(idleSince limit: NIODeadline) -> [Connection] {
        let old = idle.prefix { $0.since <= limit }.map(\.connection)
        idle.removeFirst(old.count)
        return old
    }

    private mutating func free(_ connection: Connection, at now: NIODeadline) -> Release {
        if let call = waiting.popFirst() {
            leased.insert(connection)
            return .serve(call)
        }
        idle.append((connection, now))
        return .park
    }

    private mutating func connectIfUseful() -> Bool {
        guard waiting.count > connecting, open < maximumConnections else { return false }
        connecting += 1
        return true
    }
}
