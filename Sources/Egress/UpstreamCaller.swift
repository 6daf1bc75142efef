internal import ConversationCache
internal import Custody
internal import Delivery
internal import DivarAPI
internal import HTTPWire
internal import Logging
internal import Messaging
private import Metrics
internal import NIOCore

/// Makes single attempts at Divar, and knows what they have in common. Confined to one event loop.
struct UpstreamCaller {
    let gate: UpstreamGate
    let rules: SharedUpstreamRules
    let eventLoop: any EventLoop
    private let pool: UpstreamPool
    private let settings: EgressSettings
    private let builder: UpstreamRequestBuilder
    private let logger: Logger
    private let metrics = AttemptMetrics()

    init(
        pool: UpstreamPool,
        gate: UpstreamGate,
        rules: SharedUpstreamRules,
        settings: EgressSettings,
        eventLoop: any EventLoop,
        logger: Logger
    ) {
        (self.pool, self.gate, self.rules, self.settings) = (pool, gate, rules, settings)
        (self.eventLoop, self.logger) = (eventLoop, logger)
        builder = UpstreamRequestBuilder(userAgent: settings.userAgent, via: settings.via)
    }

    /// When a call that comes now has to be over: when its caller says, and at the operator's limit at the latest.
    func deadline(of call: CallContext) -> NIODeadline {
        .now() + min(settings.deadline, call.timeout.map(TimeAmount.microseconds) ?? settings.deadline)
    }

    /// The app's keys for what is asked for, best first.
    func keys(for operation: Messaging.Operation, of call: CallContext) -> [HeldKey] {
        let permission = Catalogue.keyPermission(for: operation)
        return settings.keys.order(of: call.caller.app, for: permission)
    }

    /// Remembers what a call has shown of keys.
    func learn(_ sightings: [KeySighting], for operation: Messaging.Operation, of call: CallContext) {
        let permission = Catalogue.keyPermission(for: operation)
        let app = call.caller.app
        log(settings.keys.learn(sightings, of: app, permission: permission), of: app)
    }

    func noWay(_ operation: Messaging.Operation, of call: CallContext) -> Problem {
        let permission = Catalogue.keyPermission(for: operation)
        guard !settings.keys.order(of: call.caller.app, for: permission).isEmpty else {
            let detail = "The app \(call.caller.app) has no key that is configured for \(permission)."
            return Problem(.notAllowed, detail: detail)
        }
        logger.critical("no endpoint or key for a valid call", metadata: ["operation": "\(operation.rawValue)"])
        return Problem(.internal, detail: "The gateway found no way to make a valid call.")
    }

    /// - Parameters:
    ///   - key: one of the app's.
    ///   - completion: told how it ended.
    /// - Returns: gives the attempt up.
    func perform(
        _ request: DivarRequest,
        key: HeldKey,
        for call: CallContext,
        validators: Validators,
        deadline: NIODeadline,
        completion: @escaping (AttemptResult, UpstreamResponse?) -> Void
    ) -> () -> Void {
        let trace = call.trace.child(span: .random(in: .min ... .max))
        let upstream = builder.request(
            request, key: key.secret, userToken: call.userToken, validators: validators, trace: trace
        )
        let redaction = Redaction([key.secret] + (call.userToken.map { [$0.secret] } ?? []))
        let endpoint = request.endpoint
        let began = NIODeadline.now()
        return pool.execute(upstream, deadline: deadline) { [logger, metrics] result in
            let attempt = AttemptResult(
                result, from: endpoint, isConditional: !validators.isEmpty, redacting: redaction
            )
            let lasted = NIODeadline.now() - began
            call.notes.waitedForDivar(microseconds: lasted.nanoseconds / 1000)
            let problem = ProblemRule.problem(for: attempt)
            metrics.ended(at: endpoint, problem: problem?.kind, nanoseconds: lasted.nanoseconds)
            if let problem { UpstreamCaller.log(problem, endpoint: endpoint, call: call, to: logger) }
            completion(attempt, try? result.get())
        }
    }

    /// What a send would write, with the credentials masked; nil where it has no endpoint or no key.
    func preview(_ draft: MessageDraft, for call: CallContext) -> PlannedSend? {
        let (app, caller) = (call.caller.app, call.caller.name)
        let (outlook, limits) = rules.use { rules in
            let now = SharedUpstreamRules.now()
            return (
                rules.routes.outlook(for: draft.operation), rules.quota.status(of: app, caller: caller, now: now)
            )
        }
        let route = outlook.filter { !$0.isGone } + outlook.filter(\.isGone)
        guard !keys(for: draft.operation, of: call).isEmpty, let endpoint = route.first?.endpoint,
            let request = DivarRequest(sending: draft, through: endpoint)
        else { return nil }
        let masked = AccessToken(UpstreamCaller.mask)
        let upstream = builder.request(
            request, key: Secret(UpstreamCaller.mask), userToken: call.userToken == nil ? nil : masked,
            validators: Validators(), trace: call.trace.child(span: .random(in: .min ... .max))
        )
        return PlannedSend(
            endpoint: endpoint.name, method: upstream.method.name, url: settings.baseURL + upstream.path,
            fields: upstream.fields, body: upstream.body ?? [],
            alternatives: route.dropFirst().map(\.endpoint.name), rateLimits: limits
        )
    }

    private static let mask = "[masked]"

    /// Remembers what was seen of endpoints.
    func learn(_ sightings: [RouteSighting]) {
        guard !sightings.isEmpty else { return }
        let now = SharedUpstreamRules.now()
        for change in rules.use({ $0.routes.learn(sightings, now: now) }) {
            switch change {
            case .gone(let endpoint, let retry):
                UpstreamCaller.count(endpoint, "gone")
                logger.warning(
                    "endpoint gone: calls go to the next one",
                    metadata: ["endpoint": "\(endpoint)", "retry_in_seconds": "\(retry / 1_000_000)"])
            case .back(let endpoint):
                UpstreamCaller.count(endpoint, "back")
                logger.notice("endpoint back", metadata: ["endpoint": "\(endpoint)"])
            }
        }
    }

    private static func count(_ endpoint: EndpointName, _ change: String) {
        let labels = [("endpoint", endpoint.text), ("change", change)]
        Counter(label: "divar_gateway_route_changes_total", dimensions: labels).increment()
    }

    func log(_ changes: [(name: String, change: KeyChange)], of app: AppName) {
        for (name, change) in changes {
            let metadata: Logger.Metadata = ["app": "\(app)", "key": "\(name)"]
            switch change {
            case .refused(_, let isKnown, let retry):
                let said = ["said": "\(isKnown ? 403 : 401)", "retry_in_seconds": "\(retry / 1_000_000)"]
                logger.warning(
                    "Divar refuses a key: calls begin with the others",
                    metadata: metadata.merging(said.mapValues { .string($0) }) { first, _ in first }
                )
            case .back: logger.notice("Divar takes a key again", metadata: metadata)
            case .trusted: logger.notice("a new key is in use", metadata: metadata)
            case .rejected:
                logger.error("Divar does not take a new key: the one before it stays in use", metadata: metadata)
            }
        }
    }

    /// The problem of an attempt that did not bring what was asked for.
    static func problem(for result: AttemptResult, at endpoint: EndpointName) -> Problem {
        var problem =
            ProblemRule.problem(for: result)
            ?? Problem(.divarUnintelligible, detail: "Divar's answer is one to another kind of call.")
        problem.endpoint = endpoint
        return problem
    }

    private static func log(_ problem: Problem, endpoint: Endpoint, call: CallContext, to logger: Logger) {
        logger.warning(
            "call to Divar did not succeed",
            metadata: [
                "endpoint": "\(endpoint.name)", "caller": "\(call.caller.name)", "app": "\(call.caller.app)",
                "problem": "\(problem.kind.rawValue)", "detail": "\(problem.detail)",
                "divar_status": "\(problem.divar.map { String($0.status) } ?? "none")",
                "divar_code": "\(problem.divar?.code.map(String.init) ?? "none")",
                "trace_id": "\(call.trace.traceID)", "request_id": "\(call.notes.requestID)",
            ]
        )
    }
}
