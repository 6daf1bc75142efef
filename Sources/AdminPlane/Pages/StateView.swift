/// The overview, as its template reads it.
struct StateView: Sendable {
    struct Tile: Sendable {
        let label: String
        let value: String
        let sub: String
    }

    struct Health: Sendable {
        let word: String
        let sub: String
        let tone: String
    }

    struct Check: Sendable {
        let name: String
        let detail: String
        let tone: String
        let word: String
    }

    struct Quota: Sendable {
        let app: String
        let caller: String?
        let window: String
        let used: Int
        let limit: Int
        let high: Int
        let percent: Int
    }

    struct Route: Sendable {
        let operation: String
        let endpoint: String
        let version: String
        let word: String
        let tone: String
    }

    struct Key: Sendable {
        let app: String
        let name: String
        let state: String
        let tone: String
        let age: String
        let isOld: Bool
    }

    struct Caller: Sendable {
        let name: String
        let encoded: String
        let app: String
        let may: String
        let knownBy: String
        let used: String
    }

    struct Row: Sendable {
        let label: String
        let value: String
    }

    let health: Health
    let tiles: [Tile]
    let charts: [ChartView]
    let checks: [Check]
    let quotas: [Quota]
    let hasQuotas: Bool
    let routes: [Route]
    let keys: [Key]
    let callers: [Caller]
    let cache: [Row]
    let journal: [Row]
    let version: String
    let started: String
    let listeners: String

    /// - Parameter now: in seconds since 1970.
    init(_ state: GatewayState, _ points: [TrafficPoint], now: Int64) {
        let failing = state.checks.count { !$0.passes }
        health = Health(
            word: failing == 0 ? "Ready" : "Not ready",
            sub: failing == 0 ? "all checks pass" : "\(failing) of \(state.checks.count) checks fail",
            tone: failing == 0 ? "good" : "bad")
        tiles = StateView.tiles(state, points.last)
        charts = StateView.charts(points, now: now)
        checks = state.checks.map {
            Check(
                name: $0.name, detail: $0.detail, tone: $0.passes ? "good" : "bad",
                word: $0.passes ? "passes" : "fails")
        }
        quotas = state.quotas.map {
            Quota(
                app: $0.app, caller: $0.caller, window: $0.window, used: $0.used, limit: $0.limit,
                high: $0.limit * 4 / 5, percent: $0.used * 100 / max(1, $0.limit))
        }
        hasQuotas = !quotas.isEmpty
        routes = state.routes.map {
            Route(
                operation: $0.operation, endpoint: $0.endpoint, version: $0.version,
                word: $0.isGone ? "gone" : "in use", tone: $0.isGone ? "bad" : "good")
        }
        keys = state.keys.map {
            Key(
                app: $0.app, name: $0.name, state: $0.state,
                tone: ["trusted": "good", "refused": "bad"][$0.state] ?? "warn",
                age: $0.ageDays.map { $0 == 1 ? "1 day" : "\($0) days" } ?? "unknown", isOld: $0.isOld)
        }
        callers = state.callers.map {
            Caller(
                name: $0.name, encoded: FormFields.encoded($0.name), app: $0.app,
                may: $0.may.joined(separator: ", "), knownBy: $0.knownBy.joined(separator: ", "),
                used: Wording.ago($0.lastUsed, now: now))
        }
        cache = StateView.rows(of: state.cache)
        journal = StateView.rows(of: state.journal, queued: state.queued)
        version = state.version
        started = Wording.time(state.started)
        listeners = state.listeners.joined(separator: ", ")
    }

    private static func tiles(_ state: GatewayState, _ point: TrafficPoint?) -> [Tile] {
        let overload = state.overload
        return [
            Tile(
                label: "Calls a second", value: Wording.rounded(point?.rate ?? 0),
                sub: "\(Wording.count(state.connections)) connections"),
            Tile(
                label: "95 of 100 within", value: Wording.duration(point?.p95),
                sub: "half of them within \(Wording.duration(point?.median))"),
            Tile(
                label: "Calls at Divar", value: "\(overload.inFlight) of \(overload.limit)",
                sub: "\(overload.waiting) waiting, breaker \(overload.breaker)"),
            Tile(label: "Reads from memory", value: Wording.percent(point?.hitShare), sub: "in the last 5 s"),
            Tile(label: "Waiting messages", value: Wording.count(state.queued), sub: "in the queue"),
            Tile(
                label: "Last record", value: Wording.count(state.journal.records),
                sub: state.journal.error == nil ? "the trail is written" : "the trail can NOT be written"),
        ]
    }

    private static func charts(_ points: [TrafficPoint], now: Int64) -> [ChartView] {
        let seconds = max(TrafficHistory.interval, now - (points.first?.time ?? now))
        func line(_ name: String, _ tone: String, _ value: (TrafficPoint) -> Double?) -> ChartView.Values {
            ChartView.Values(name: name, tone: tone, values: points.map(value))
        }
        return [
            ChartView(
                "Answers a second",
                [
                    line("2xx", "one") { $0.rates["2xx", default: 0] },
                    line("4xx", "two") { $0.rates["4xx", default: 0] },
                    line("5xx", "three") { $0.rates["5xx", default: 0] },
                ], seconds: seconds, word: Wording.rounded),
            ChartView(
                "Time of a call",
                [line("p50", "one") { $0.median }, line("p95", "two") { $0.p95 }, line("p99", "three") { $0.p99 }],
                seconds: seconds, most: 0.001, word: { Wording.duration($0) }),
            ChartView(
                "Reads from memory", [line("share", "four") { $0.hitShare }], seconds: seconds, most: 1,
                word: { Wording.percent($0) }),
        ] + quotaChart(points, seconds: seconds)
    }

    /// None where no app has a limit; of the first four apps where there are more.
    private static func quotaChart(_ points: [TrafficPoint], seconds: Int64) -> [ChartView] {
        let apps = (points.last?.quotas.keys).map { $0.sorted().prefix(tones.count) } ?? []
        guard !apps.isEmpty else { return [] }
        let lines = zip(apps, tones).map { app, tone in
            ChartView.Values(name: app, tone: tone, values: points.map { $0.quotas[app] })
        }
        return [ChartView("Quota used", lines, seconds: seconds, most: 1, word: { Wording.percent($0) })]
    }

    private static let tones = ["one", "two", "three", "four"]

    private static func rows(of cache: CacheState) -> [Row] {
        [
            Row(label: "Conversations", value: Wording.count(cache.entries)),
            Row(
                label: "Memory",
                value: "\(Wording.bytes(cache.bytes)) of \(Wording.bytes(cache.maximumBytes))"),
            Row(label: "Fetches", value: Wording.count(cache.fetches)),
            Row(label: "Fenced off", value: Wording.count(cache.fences)),
            Row(label: "Made room", value: Wording.count(cache.evictions)),
        ]
    }

    private static func rows(of journal: JournalState, queued: Int) -> [Row] {
        [
            Row(label: "State", value: journal.error.map { "no message is sent: \($0)" } ?? "written and synced"),
            Row(label: "Records", value: Wording.count(journal.records)),
            Row(label: "Waiting for its thread", value: Wording.count(journal.waiting)),
            Row(label: "Messages in the queue", value: Wording.count(queued)),
        ]
    }
}
