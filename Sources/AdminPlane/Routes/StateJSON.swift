internal import StrictJSON

/// The state as the admin API gives it. `docs/admin.md` lists the members.
enum StateJSON {
    static func value(of state: GatewayState) -> JSONValue {
        object([
            ("version", text(state.version)), ("started", number(Int(state.started))),
            ("ready", .bool(state.isReady)), ("listeners", texts(state.listeners)), ("log_level", text(state.logLevel)),
            ("checks", list(state.checks, check)), ("routes", list(state.routes, route)),
            ("divar", divar(state.overload)), ("quotas", list(state.quotas, quota)), ("keys", list(state.keys, key)),
            ("callers", list(state.callers, caller)), ("cache", cache(state.cache)),
            ("journal", journal(state.journal)), ("queued", number(state.queued)),
            ("connections", number(state.connections)),
        ])
    }

    private static func check(_ check: GatewayState.Check) -> JSONValue {
        object([("name", text(check.name)), ("passes", .bool(check.passes)), ("detail", text(check.detail))])
    }

    private static func route(_ route: RouteState) -> JSONValue {
        object([
            ("operation", text(route.operation)), ("endpoint", text(route.endpoint)), ("version", text(route.version)),
            ("gone", .bool(route.isGone)),
        ])
    }

    private static func divar(_ overload: OverloadState) -> JSONValue {
        object([
            ("breaker", text(overload.breaker)), ("in_flight", number(overload.inFlight)),
            ("waiting", number(overload.waiting)), ("limit", number(overload.limit)),
        ])
    }

    private static func quota(_ quota: QuotaState) -> JSONValue {
        object([
            ("app", text(quota.app)), ("caller", quota.caller.map(text)), ("window", text(quota.window)),
            ("limit", number(quota.limit)), ("used", number(quota.used)),
        ])
    }

    private static func key(_ key: KeyState) -> JSONValue {
        object([
            ("app", text(key.app)), ("name", text(key.name)), ("state", text(key.state)),
            ("age_days", key.ageDays.map(number)),
        ])
    }

    private static func caller(_ caller: CallerState) -> JSONValue {
        object([
            ("name", text(caller.name)), ("app", text(caller.app)), ("may", texts(caller.may)),
            ("known_by", texts(caller.knownBy)), ("last_used", caller.lastUsed.map { number(Int($0)) }),
        ])
    }

    private static func cache(_ cache: CacheState) -> JSONValue {
        object([
            ("entries", number(cache.entries)), ("bytes", number(cache.bytes)),
            ("limit_bytes", number(cache.maximumBytes)), ("fetches", number(cache.fetches)),
            ("fences", number(cache.fences)), ("evictions", number(cache.evictions)),
        ])
    }

    private static func journal(_ journal: JournalState) -> JSONValue {
        object([
            ("last_record", number(journal.records)), ("waiting", number(journal.waiting)),
            ("error", journal.error.map(text)),
        ])
    }

    // MARK: Values; what is nil is left out

    private static func object(_ members: [(String, JSONValue?)]) -> JSONValue {
        .object(members.compactMap { name, value in value.map { JSONMember(name, $0) } })
    }

    private static func text(_ text: String) -> JSONValue { .string(text) }
    private static func number(_ number: Int) -> JSONValue { .number(String(number)) }
    private static func texts(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }

    private static func list<Element>(_ list: [Element], _ value: (Element) -> JSONValue) -> JSONValue {
        .array(list.map(value))
    }
}
