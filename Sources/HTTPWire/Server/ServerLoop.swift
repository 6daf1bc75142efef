/// What the connections of one event loop share. Confined to that loop.
final class ServerLoop {
    let responder: any HTTPResponder
    let limits: ServerLimits
    let dateClock = DateClock()
    private let counter: ConnectionCounter
    private var connections: [ObjectIdentifier: ServerConnection] = [:]
    private var draining = false

    init(responder: any HTTPResponder, limits: ServerLimits, counter: ConnectionCounter) {
        self.responder = responder
        self.limits = limits
        self.counter = counter
    }

    /// False where it is one connection too many: it is counted all the same, until it closes.
    func opened(_ connection: ServerConnection) -> Bool {
        connections[ObjectIdentifier(connection)] = connection
        let isAdmitted = counter.increment() <= limits.connections
        if draining { connection.drain() }
        return isAdmitted
    }

    func closed(_ connection: ServerConnection) {
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
        for connection in connections.values { connection.abort() }
    }
}
