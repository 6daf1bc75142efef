private import Delivery
internal import DivarAPI
internal import Egress
private import HTTPWire
internal import Journal
internal import Messaging
internal import Observability

/// What the parts of a gateway are at when somebody looks. `docs/metrics.md` lists the families.
struct GatewayMetrics: MetricSource {
    let keys: KeysStatus
    let journal: JournalStatus
    let rules: SharedUpstreamRules
    let queue: SharedSendQueue
    let users: SharedUserTokens?
    let cache: SharedConversationCache
    let journalQueue: @Sendable () -> Int
    let connections: @Sendable () -> Int

    /// Those that are counted where things happen.
    static let counted =
        [
            MetricDescription(
                "divar_gateway_route_changes_total", .counter, "Endpoints of Divar's that were found gone, or back."),
            MetricDescription(
                "divar_gateway_divar_limited_total", .counter, "Calls that Divar refused because a limit is passed."),
            MetricDescription(
                "divar_gateway_quota_day_warnings_total", .counter, "How often four fifths of an app's day were used."),
            MetricDescription(
                "divar_gateway_upstream_attempts_total", .counter, "Attempts at Divar's endpoints, by their end."),
            MetricDescription(
                "divar_gateway_upstream_attempt_duration_seconds", .histogram, bounds: MetricsRegistry.usualBounds,
                "From an attempt's begin to its answer."),
            MetricDescription(
                "divar_gateway_queued_messages_total", .counter, "Messages that left the queue, by what became of them."
            ),
            MetricDescription(
                "divar_gateway_reconciliations_total", .counter,
                "Messages in doubt that were looked for, by the verdict."),
        ] + CallMetrics.described + JournalMetrics.described

    func families() -> [MetricFamily] {
        [build, routes, breaker] + quota + upstream + journalFamilies + tokens + keyFamilies + cacheFamilies + [
            GatewayMetrics.gauge("divar_gateway_queue_messages", "Messages that wait to be sent.", queue.waiting),
            GatewayMetrics.gauge("divar_gateway_connections", "Open connections of callers.", connections()),
        ]
    }

    private var build: MetricFamily {
        MetricFamily(
            MetricDescription("divar_gateway_build_info", .gauge, "The running version."),
            [MetricSample([MetricLabel("version", GatewayVersion.text)], .integer(1))])
    }

    private var routes: MetricFamily {
        let outlook = Operation.allCases.flatMap { operation in rules.outlook(for: operation) }
        return MetricFamily(
            MetricDescription(
                "divar_gateway_route_up", .gauge, "Whether an endpoint of Divar's is used; 0 where it was found gone."),
            outlook.sorted { $0.endpoint.name.text < $1.endpoint.name.text }.map { endpoint, isGone in
                MetricSample(
                    [
                        MetricLabel("endpoint", endpoint.name.text),
                        MetricLabel("operation", endpoint.operation.rawValue),
                    ],
                    .integer(isGone ? 0 : 1))
            })
    }

    private var breaker: MetricFamily {
        let state = rules.overloadStatus().breaker
        return MetricFamily(
            MetricDescription("divar_gateway_breaker_state", .gauge, "1 for the state that the breaker is in."),
            BreakerState.allCases.map {
                MetricSample([MetricLabel("state", $0.rawValue)], .integer($0 == state ? 1 : 0))
            })
    }

    private var upstream: [MetricFamily] {
        let status = rules.overloadStatus()
        return [
            GatewayMetrics.gauge(
                "divar_gateway_upstream_calls_in_flight", "Calls to Divar that are under way.", status.inFlight),
            GatewayMetrics.gauge(
                "divar_gateway_upstream_calls_waiting", "Calls that wait until fewer are under way.", status.waiting),
            GatewayMetrics.gauge(
                "divar_gateway_upstream_calls_limit", "Calls to Divar that may be under way at once now.",
                status.concurrencyLimit),
        ]
    }

    private var quota: [MetricFamily] {
        var (limits, used, warnings): ([MetricSample], [MetricSample], [MetricSample]) = ([], [], [])
        for (app, usage) in rules.quotaUse(of: keys.apps) {
            let name = MetricLabel("app", app.text)
            for (window, limit, count) in [
                ("minute", usage.perMinute, usage.usedThisMinute), ("day", usage.perDay, usage.usedToday),
            ] {
                guard let limit else { continue }
                let labels = [name, MetricLabel("window", window)]
                limits.append(MetricSample(labels, .integer(limit)))
                used.append(MetricSample(labels, .integer(count)))
            }
            if usage.perDay != nil {
                warnings.append(MetricSample([name], .integer(usage.isDayNearlySpent ? 1 : 0)))
            }
        }
        return [
            MetricFamily(
                MetricDescription("divar_gateway_quota_calls_limit", .gauge, "Calls that an app may make in a window."),
                limits),
            MetricFamily(
                MetricDescription(
                    "divar_gateway_quota_calls_used", .gauge, "Calls of an app that count in a window now."), used),
            MetricFamily(
                MetricDescription(
                    "divar_gateway_quota_day_nearly_used", .gauge,
                    "1 where four fifths of an app's day are used."), warnings),
        ]
    }

    private var journalFamilies: [MetricFamily] {
        [
            GatewayMetrics.gauge(
                "divar_gateway_journal_last_sequence", "The number of the last record that is on disk.",
                journal.records),
            GatewayMetrics.gauge(
                "divar_gateway_journal_up", "0 where the audit trail can not be written, and so nothing is sent.",
                journal.error == nil ? 1 : 0),
            GatewayMetrics.gauge(
                "divar_gateway_journal_queue", "Submissions that wait for the journal's thread.", journalQueue()),
        ]
    }

    private var tokens: [MetricFamily] {
        guard let count = users?.count() else { return [] }
        return [
            MetricFamily(
                MetricDescription("divar_gateway_user_tokens", .gauge, "Users whose tokens are kept, by their state."),
                [("kept", count.kept), ("unsaved", count.unsaved), ("ended", count.ended)].map { state, count in
                    MetricSample([MetricLabel("state", state)], .integer(count))
                })
        ]
    }

    static func gauge(_ name: String, _ help: String, _ value: Int) -> MetricFamily {
        MetricFamily(MetricDescription(name, .gauge, help), [MetricSample(.integer(value))])
    }
}
