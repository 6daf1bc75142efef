/// How a gateway fares when somebody looks. It holds no secret, and nothing of a message.
package struct GatewayState: Sendable, Hashable {
    package struct Check: Sendable, Hashable {
        package let name: String
        package let passes: Bool
        package let detail: String

        package init(name: String, passes: Bool, detail: String) {
            (self.name, self.passes, self.detail) = (name, passes, detail)
        }
    }

    package var version: String
    /// In seconds since 1970.
    package var started: Int64
    package var listeners: [String]
    package var logLevel: String
    package var checks: [Check]
    package var routes: [RouteState]
    package var overload: OverloadState
    package var quotas: [QuotaState]
    package var keys: [KeyState]
    package var callers: [CallerState]
    package var cache: CacheState
    package var journal: JournalState
    /// Messages that wait to be sent.
    package var queued: Int
    /// Open connections of callers.
    package var connections: Int

    package init(
        version: String, started: Int64, listeners: [String], logLevel: String, checks: [Check], routes: [RouteState],
        overload: OverloadState, quotas: [QuotaState], keys: [KeyState], callers: [CallerState], cache: CacheState,
        journal: JournalState, queued: Int, connections: Int
    ) {
        (self.version, self.started, self.listeners, self.logLevel) = (version, started, listeners, logLevel)
        (self.checks, self.routes, self.overload, self.quotas) = (checks, routes, overload, quotas)
        (self.keys, self.callers, self.cache, self.journal) = (keys, callers, cache, journal)
        (self.queued, self.connections) = (queued, connections)
    }

    package var isReady: Bool { checks.allSatisfy(\.passes) }
}
