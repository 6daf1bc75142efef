internal import ConversationCache
internal import Custody
internal import Delivery
internal import DivarAPI
internal import HTTPWire
internal import Logging
internal import Messaging
internal import NIOCore

/// Plans a call to Divar and makes one attempt at it. Confined to one event loop.
struct UpstreamCaller {
    /// A call that can be made: its endpoint, its body, and the key in whose name.
    struct Plan {
        let endpoint: Endpoint
        fileprivate let request: DivarRequest
        fileprivate let key: Secret
    }

    private let pool: UpstreamPool
    private let settings: EgressSettings
    private let builder: UpstreamRequestBuilder
    private let logger: Logger

    init(pool: UpstreamPool, settings: EgressSettings, logger: Logger) {
        self.pool = pool
        self.settings = settings
        self.logger = logger
        builder = UpstreamRequestBuilder(userAgent: settings.userAgent)
    }

    /// Throws where a valid call has no endpoint or no key. Configuration and validation leave no way to come there.
    func plan(
        _ operation: Messaging.Operation,
        for call: CallContext,
        request make: (Endpoint) -> DivarRequest?
    ) throws(Problem) -> Plan {
        guard let endpoint = settings.planner.endpoints(for: operation).first,
            let request = make(endpoint), let key = settings.keys.key(of: call.caller.app)
        else {
            logger.critical("no endpoint or key for a valid call", metadata: ["operation": "\(operation.rawValue)"])
            throw Problem(.internal, detail: "The gateway found no way to make a valid call.")
        }
        return Plan(endpoint: endpoint, request: request, key: key)
    }

    /// - Parameters:
    ///   - deadline: nil for the one of every call.
    ///   - completion: told how it ended.
    func perform(
        _ plan: Plan,
        for call: CallContext,
        validators: Validators = Validators(),
        deadline: NIODeadline? = nil,
        completion: @escaping (UpstreamEnd) -> Void
    ) {
        let trace = call.trace.child(span: .random(in: .min ... .max))
        let upstream = builder.request(
            plan.request, key: plan.key, userToken: call.userToken, validators: validators, trace: trace
        )
        let redaction = Redaction([plan.key] + (call.userToken.map { [$0.secret] } ?? []))
        let start = NIODeadline.now()
        pool.execute(upstream, deadline: deadline ?? start + settings.deadline) { [logger] result in
            let attempt = AttemptResult(
                result, from: plan.endpoint, isConditional: !validators.isEmpty, redacting: redaction
            )
            UpstreamCaller.log(attempt, endpoint: plan.endpoint, call: call, to: logger)
            let end = NIODeadline.now()
            let response = try? result.get()
            completion(
                UpstreamEnd(
                    result: attempt, status: response?.status, caching: response?.caching, requested: start,
                    received: end
                )
            )
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
