internal import AdminPlane
private import Custody
private import Delivery
private import DivarAPI
private import Egress
private import Foundation
private import HTTPWire
private import InternalAPI
private import Journal
private import Logging
private import Messaging
private import Observability

/// The gateway as the console shows it.
extension Gateway {
    /// - Parameter started: in seconds since 1970.
    func state(since started: Int64) async -> GatewayState {
        let (entries, uses) = (await callers.entries, callers.callers.current.uses)
        let overload = rules.overloadStatus()
        let report = cache.report()
        return GatewayState(
            version: GatewayVersion.text, started: started, listeners: listeners.map(\.description),
            logLevel: log.threshold.level.rawValue,
            checks: readiness.readiness().checks.map {
                GatewayState.Check(name: $0.name, passes: $0.passes, detail: $0.detail)
            },
            routes: routeStates,
            overload: OverloadState(
                breaker: overload.breaker.rawValue, inFlight: overload.inFlight, waiting: overload.waiting,
                limit: overload.concurrencyLimit),
            quotas: quotaStates(of: entries), keys: keyStates(now: Int(Date().timeIntervalSince1970)),
            callers: entries.map { Gateway.state(of: $0, uses) },
            cache: CacheState(
                entries: report.entries, bytes: report.bytes, maximumBytes: report.maximumBytes,
                fetches: report.fetches, fences: report.fences, evictions: report.evictions),
            journal: JournalState(
                records: journal.writer.status.records, waiting: journal.writer.waiting,
                error: journal.writer.status.error.map { $0.kind.rawValue }),
            queued: queue.waiting, connections: server.connectionCount)
    }

    private var routeStates: [RouteState] {
        Operation.allCases.flatMap { operation in
            rules.outlook(for: operation).map { endpoint, isGone in
                let name = endpoint.name.text
                return RouteState(
                    operation: operation.rawValue, endpoint: name, version: String(name.prefix { $0 != "." }),
                    isGone: isGone)
            }
        }
    }

    private func quotaStates(of entries: [CallerEntry]) -> [QuotaState] {
        let apps = rules.quotaUse(of: keys.status.apps).flatMap { app, usage in
            [("minute", usage.perMinute, usage.usedThisMinute), ("day", usage.perDay, usage.usedToday)].compactMap {
                window, limit, used in
                limit.map { QuotaState(app: app.text, caller: nil, window: window, limit: $0, used: used) }
            }
        }
        let shares = entries.flatMap { entry in
            rules.quotaStatus(of: entry.app, caller: entry.name).map { limit in
                QuotaState(
                    app: entry.app.text, caller: entry.name.text, window: limit.name, limit: limit.limit,
                    used: limit.limit - limit.remaining)
            }
        }
        return apps + shares
    }

    private func keyStates(now: Int) -> [KeyState] {
        keys.status.reports().map { report in
            let age = KeyAge(created: report.created, now: now)
            let state =
                switch report.kind {
                case .trusted: "trusted"
                case .candidate: "candidate"
                case .refused: "refused"
                }
            return KeyState(
                app: report.app.text, name: report.name, state: state, ageDays: age?.days, isOld: age?.isOld ?? false)
        }
    }

    private static func state(of entry: CallerEntry, _ uses: CallerUses) -> CallerState {
        var known: [String] = []
        if !entry.keys.isEmpty { known.append(entry.keys.count == 1 ? "a key" : "\(entry.keys.count) keys") }
        known += entry.userIDs.map { "uid \($0)" }
        if !entry.certificates.isEmpty { known.append("a certificate") }
        return CallerState(
            name: entry.name.text, app: entry.app.text, may: entry.permissions.map(\.rawValue).sorted(),
            knownBy: known, lastUsed: uses.callers[entry.name])
    }
}

extension GatewayState {
    /// Before there is a gateway to ask.
    static func starting(since started: Int64, level: String) -> GatewayState {
        GatewayState(
            version: GatewayVersion.text, started: started, listeners: [], logLevel: level,
            checks: [Check(name: "accepting", passes: false, detail: "the gateway is starting")], routes: [],
            overload: OverloadState(breaker: BreakerState.closed.rawValue, inFlight: 0, waiting: 0, limit: 0),
            quotas: [], keys: [], callers: [],
            cache: CacheState(entries: 0, bytes: 0, maximumBytes: 0, fetches: 0, fences: 0, evictions: 0),
            journal: JournalState(records: 0, waiting: 0, error: nil), queued: 0, connections: 0)
    }
}
