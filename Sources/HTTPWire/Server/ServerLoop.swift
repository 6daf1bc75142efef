/// What the connections of one event loop share. Confined to that loop.
final class ServerLoop {
    let responder: any HTTPResponder
    let limits: ServerLimits
    let dateClock = DateClock()
    private let counter: ConnectionCounter
    private var connections: [ObjectIdentifier: ServerConnection] = [:]
    private var turnedAway: [ObjectIdentifier: ServerConnection] = [:]
    private var draining = false

    init(responder: any HTTPResponder, limits: ServerLimits, counter: ConnectionCounter) {
        self.responder = responder
        self.limits = limits
        self.counter = counter
    }

    /// False where it is one connection too many. It isn't counted then: who is turned away must not keep others out.
    func opened(_ connection: ServerConnection) -> Bool {
        guard counter.increment() <= limits.connections else {
            counter.decrement()
            turnedAway[ObjectIdentifier(connection)] = connection
            return false
        }
        connections[ObjectIdentifier(connection)] = connection
        if draining { connection.drain() }
        return true
    }

    func closed(_ connection: ServerConnection) {
        turnedAway[ObjectIdentifier(connection)] = nil
        if connections.removeValue(forKey: ObjectIdentifier(connection)) != nil { counter.decrement() }
    }

    func drain() {
        draining = true
        for connection in connections.values { connection.drain() }
    }

    func closeIdle() {
        for connection in connections.values where connection.state.isIdle { connection.abort() }
    }

    func abort() {
        for connection in Array(connections.values) + Array(turnedAway.values) { connection.abort() }
    }
}
