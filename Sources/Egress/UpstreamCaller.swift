internal import ConversationCache
internal import Custody
internal import Delivery
internal import DivarAPI
internal import HTTPWire
internal import Logging
internal import Messaging
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
        builder = UpstreamRequestBuilder(userAgent: settings.userAgent)
    }

    /// When a call that comes now has to be over: when its caller says, and at the operator's limit at the latest.
    func deadline(of call: CallContext) -> NIODeadline {
        .now() + min(settings.deadline, call.timeout.map(TimeAmount.microseconds) ?? settings.deadline)
    }

    func keys(of call: CallContext) -> Int { settings.keys.count(of: call.caller.app) }

    func noWay(_ operation: Messaging.Operation) -> Problem {
        logger.critical("no endpoint or key for a valid call", metadata: ["operation": "\(operation.rawValue)"])
        return Problem(.internal, detail: "The gateway found no way to make a valid call.")
    }

    /// - Parameters:
    ///   - key: the place of the app's key.
    ///   - completion: told how it ended.
    /// - Returns: gives the attempt up.
    func perform(
        _ request: DivarRequest,
        key place: Int,
        for call: CallContext,
        validators: Validators,
        deadline: NIODeadline,
        completion: @escaping (AttemptResult, UpstreamResponse?) -> Void
    ) -> () -> Void {
        guard let key = settings.keys.key(of: call.caller.app, at: place) else {
            completion(.failed(AttemptFailure(.noConnectionFree, requestStarted: false)), nil)
            return {}
        }
        let trace = call.trace.child(span: .random(in: .min ... .max))
        let upstream = builder.request(
            request, key: key, userToken: call.userToken, validators: validators, trace: trace
        )
        let redaction = Redaction([key] + (call.userToken.map { [$0.secret] } ?? []))
        let endpoint = request.endpoint
        return pool.execute(upstream, deadline: deadline) { [logger] result in
            let attempt = AttemptResult(
                result, from: endpoint, isConditional: !validators.isEmpty, redacting: redaction
            )
            UpstreamCaller.log(attempt, endpoint: endpoint, call: call, to: logger)
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
        guard keys(of: call) > 0, let endpoint = route.first?.endpoint,
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
                logger.warning(
                    "endpoint gone: calls go to the next one",
                    metadata: ["endpoint": "\(endpoint)", "retry_in_seconds": "\(retry / 1_000_000)"])
            case .back(let endpoint):
                logger.notice("endpoint back", metadata: ["endpoint": "\(endpoint)"])
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

    private static func log(_ attempt: AttemptResult, endpoint: Endpoint, call: CallContext, to logger: Logger) {
        guard let problem = ProblemRule.problem(for: attempt) else { return }
        logger.warning(
            "call to Divar did not succeed",
            metadata: [
                "endpoint": "\(endpoint.name)", "caller": "\(call.caller.name)", "app": "\(call.caller.app)",
                "problem": "\(problem.kind.rawValue)", "detail": "\(problem.detail)",
                "divar_status": "\(problem.divar.map { String($0.status) } ?? "none")",
                "divar_code": "\(problem.divar?.code.map(String.init) ?? "none")",
                "trace_id": "\(call.trace.traceID)",
            ]
        )
    }
}
