/// What the connections of one event loop share. Confined to that loop.
final class ServerLoop {
    let responder: any HTTPResponder
    let limits: ServerLimits
    let dateClock = DateClock()
    private let counter: ConnectionCounter
    private var connections: [ObjectIdentifier: ServerConnection] = [:]
    private var addresses: [ObjectIdentifier: String] = [:]
    private var turnedAway: [ObjectIdentifier: ServerConnection] = [:]
    private var draining = false

    init(responder: any HTTPResponder, limits: ServerLimits, counter: ConnectionCounter) {
        self.responder = responder
        self.limits = limits
        self.counter = counter
    }

    /// Counts a connection in, or says why it is one too many. It isn't counted then: who is turned away must not keep
    /// others out.
    ///
    /// - Parameter address: nil for a socket of this machine.
    func open(_ connection: ServerConnection, from address: String?) -> ProtocolViolation? {
        let id = ObjectIdentifier(connection)
        guard counter.increment() <= limits.connections else {
            counter.decrement()
            turnedAway[id] = connection
            return .tooManyConnections(limit: limits.connections)
        }
        let limit = limits.connectionsPerAddress
        if let address, limit < limits.connections {
            guard counter.increment(address, limit: limit) else {
                counter.decrement()
                turnedAway[id] = connection
                return .tooManyConnectionsFromAddress(limit: limit)
            }
            addresses[id] = address
        }
        connections[id] = connection
        if draining { connection.drain() }
        return nil
    }

    func closed(_ connection: ServerConnection) {
        let id = ObjectIdentifier(connection)
        turnedAway[id] = nil
        guard connections.removeValue(forKey: id) != nil else { return }
        counter.decrement()
        if let address = addresses.removeValue(forKey: id) { counter.decrement(address) }
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
