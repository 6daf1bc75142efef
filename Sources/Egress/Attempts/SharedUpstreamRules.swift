package import Delivery
package import DivarAPI
package import Messaging
internal import NIOCore
private import Synchronization

/// What all event loops have to agree on before they call Divar: which endpoints are gone, what of the quota is left,
/// how much Divar takes at once. Every use is a short look under a lock, with no I/O and no callback in it.
package final class SharedUpstreamRules: Sendable {
    struct Rules {
        var routes: RouteTable
        var quota: QuotaMirror
        var overload: UpstreamGuard
    }

    private let rules: Mutex<Rules>
    private let gates = Mutex<[NIOLoopBound<UpstreamGate>]>([])

    package init(routes: RouteTable, quota: QuotaMirror, overload: UpstreamGuard) {
        rules = Mutex(Rules(routes: routes, quota: quota, overload: overload))
    }

    func use<Result>(_ use: (inout Rules) -> Result) -> Result {
        rules.withLock { rules in use(&rules) }
    }

    /// A loop's gate takes its place; notices for its calls come to it.
    func join(_ makeGate: (_ loop: Int) -> NIOLoopBound<UpstreamGate>) -> NIOLoopBound<UpstreamGate> {
        gates.withLock { gates in
            let gate = makeGate(gates.count)
            gates.append(gate)
            return gate
        }
    }

    /// Tells those who waited, each on its loop and in a turn of its own: a call that is let through may end at once,
    /// and lets the next one through.
    func deliver(_ notices: [GateNotice]) {
        var ordered: [Int: [GateNotice]] = [:]
        for notice in notices { ordered[notice.loop, default: []].append(notice) }
        for (number, notices) in ordered {
            let gate = gates.withLock { $0[number] }
            gate.eventLoop.execute { gate.value.take(notices) }
        }
    }

    /// Microseconds of the clock that deadlines go by.
    static func now() -> Int64 { microseconds(.now()) }

    static func microseconds(_ deadline: NIODeadline) -> Int64 { Int64(clamping: deadline.uptimeNanoseconds / 1000) }
}

extension SharedUpstreamRules {
    /// Puts back what was used before a restart.
    package func restore(_ uses: [(app: AppName, caller: CallerName, endedAgo: Int64, count: Int)]) {
        let now = SharedUpstreamRules.now()
        rules.withLock { rules in
            for use in uses {
                rules.quota.restore(
                    app: use.app, caller: use.caller, endedAgo: use.endedAgo, count: use.count, now: now)
            }
        }
    }

    /// Takes new settings; what was counted stays.
    package func reconfigure(quota: [AppName: QuotaSettings], overload: OverloadSettings) {
        let now = SharedUpstreamRules.now()
        deliver(
            rules.withLock { rules in
                rules.quota.reconfigure(quota, now: now).map(GateNotice.quota)
                    + rules.overload.reconfigure(overload, now: now).map(GateNotice.overload)
            })
    }

    /// How much of the day's quota each app has used, where it has one.
    package func dayUse(of apps: [AppName]) -> [(app: AppName, used: Int, limit: Int)] {
        let now = SharedUpstreamRules.now()
        return rules.withLock { rules in
            apps.compactMap { app in
                let usage = rules.quota.usage(of: app, now: now)
                return usage.perDay.map { (app, usage.usedToday, $0) }
            }
        }
    }

    /// How calls to Divar fare.
    package func quotaUse(of apps: [AppName]) -> [(app: AppName, usage: QuotaUsage)] {
        let now = SharedUpstreamRules.now()
        return rules.withLock { rules in apps.map { ($0, rules.quota.usage(of: $0, now: now)) } }
    }

    /// What a caller may still use of its app's limits.
    package func quotaStatus(of app: AppName, caller: CallerName) -> [RateLimit] {
        let now = SharedUpstreamRules.now()
        return rules.withLock { $0.quota.status(of: app, caller: caller, now: now) }
    }

    /// The endpoints for an operation, and whether each was found gone.
    package func outlook(for operation: Messaging.Operation) -> [(endpoint: Endpoint, isGone: Bool)] {
        rules.withLock { $0.routes.outlook(for: operation) }
    }

    package func overloadStatus() -> UpstreamGuardStatus { rules.withLock { $0.overload.status } }
}
