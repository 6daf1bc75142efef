internal import ConversationCache
internal import Delivery
internal import DivarAPI
internal import HTTPWire
internal import Messaging
internal import NIOCore

/// One call to Divar over all its attempts: performs what `AttemptSequence` decides. Confined to one event loop.
final class UpstreamExchange {
    typealias Completion = (UpstreamEnd) -> Void

    private let caller: UpstreamCaller
    private let operation: Messaging.Operation
    private let call: CallContext
    private let validators: Validators
    private let deadline: NIODeadline
    /// No attempt begins later; one that did may be waited for until the deadline.
    private let lastStart: NIODeadline
    private let makeRequest: (Endpoint) -> DivarRequest?
    private let keys: [HeldKey]
    private var sequence: AttemptSequence
    private var evidence: KeyEvidence
    private var pass: GatePass?
    private var lastRequested = NIODeadline.now()
    /// Of the attempt whose result stands.
    private var standing: (response: UpstreamResponse?, requested: NIODeadline)?
    private var started = NIODeadline.now()
    private var completion: Completion?
    /// Gives up what is waited for now.
    private var giveUp: () -> Void = {}
    /// Counts what was begun: something that ends at once is over before its `giveUp` is known.
    private var stage = 0

    /// Throws where a valid call has no endpoint or no key. Configuration and validation leave no way to come there.
    init(
        _ operation: Messaging.Operation,
        for call: CallContext,
        by caller: UpstreamCaller,
        validators: Validators = Validators(),
        deadline: NIODeadline,
        beginningUntil lastStart: NIODeadline = .distantFuture,
        request makeRequest: @escaping (Endpoint) -> DivarRequest?
    ) throws(Problem) {
        let now = SharedUpstreamRules.now()
        let route = caller.rules.use { $0.routes.route(for: operation, now: now) }
        let keys = caller.keys(for: operation, of: call)
        guard
            let sequence = AttemptSequence(
                route: route.filter { makeRequest($0) != nil }, keys: keys.count,
                isRepeatable: operation == .readConversation)
        else {
            throw caller.noWay(operation, of: call)
        }
        self.keys = keys
        evidence = KeyEvidence(hasUserToken: call.userToken != nil)
        (self.caller, self.operation, self.call, self.validators) = (caller, operation, call, validators)
        (self.deadline, self.makeRequest, self.sequence) = (deadline, makeRequest, sequence)
        self.lastStart = min(deadline, lastStart)
    }

    /// Where the first attempt goes.
    var firstEndpoint: EndpointName { sequence.attempt.endpoint.name }

    /// Makes the attempts. The completion is called once, at the deadline at the latest.
    func run(_ pass: GatePass, completion: @escaping Completion) {
        self.completion = completion
        started = .now()
        perform(pass)
    }

    /// Nobody waits for it any more: then the completion isn't called.
    ///
    /// - Returns: how many attempts were begun; nil where it was over already.
    func cancel() -> Int? {
        guard completion != nil else { return nil }
        completion = nil
        caller.learn(sequence.sightings)
        giveUp()
        if let pass {
            self.pass = nil
            caller.gate.leave(pass, signal: .unused, isSpent: true)
        }
        return sequence.count
    }

    private func perform(_ pass: GatePass) {
        self.pass = pass
        let attempt = sequence.attempt
        guard let request = makeRequest(attempt.endpoint) else {
            preconditionFailure("endpoints without a request were left out at the beginning")
        }
        lastRequested = .now()
        begin {
            caller.perform(
                request, key: keys[attempt.key], for: call, validators: validators, deadline: deadline
            ) { result, response in
                self.ended(result, response)
            }
        }
    }

    private func begin(_ start: () -> () -> Void) {
        stage += 1
        let begun = stage
        let giveUp = start()
        if stage == begun { self.giveUp = giveUp }
    }

    private func stageEnded() {
        stage += 1
        giveUp = {}
    }

    private func ended(_ result: AttemptResult, _ response: UpstreamResponse?) {
        stageEnded()
        let verdict = AttemptRule.verdict(on: result, at: sequence.attempt.endpoint)
        let seen = evidence.ended(
            result, at: sequence.attempt.endpoint, key: keys[sequence.attempt.key].id)
        caller.learn(seen, for: operation, of: call)
        var isPaused = false
        if let pass {
            self.pass = nil
            if verdict == .limited, case .answered(.refused(let complaint), let retryAfter) = result {
                let window = LimitWording.window(in: complaint.message)
                isPaused = caller.gate.limited(call.caller.app, window: window, retryAfterSeconds: retryAfter)
            }
            caller.gate.leave(
                pass, signal: GuardSignal(result, status: response?.status, lasted: .now() - lastRequested),
                isSpent: OutcomeRule.mayHaveLeft(result)
            )
        }
        let attempted = sequence.attempt.endpoint.name
        let step = sequence.ended(result, jitter: .random(in: 0..<1), isPaused: isPaused) {
            caller.gate.mayRepeatRead()
        }
        if standing == nil || sequence.resultEndpoint == attempted { standing = (response, lastRequested) }
        // What this let through may have ended this call, too.
        guard completion != nil else { return }
        switch step {
        case .finish: finish()
        case .attempt(_, let delay): next(after: .microseconds(delay))
        }
    }

    private func next(after delay: TimeAmount) {
        guard NIODeadline.now() + delay < lastStart else {
            sequence.giveUp()
            finish()
            return
        }
        guard delay > .zero else {
            enter()
            return
        }
        begin {
            let timer = caller.eventLoop.assumeIsolated().scheduleTask(in: delay) { self.enter() }
            return { timer.cancel() }
        }
    }

    private func enter() {
        begin {
            caller.gate.enter(for: call, purpose: GuardPurpose(operation), deadline: lastStart) { entered in
                self.stageEnded()
                switch entered {
                case .success(let pass): self.perform(pass)
                case .failure:
                    // What the last attempt brought stands.
                    self.sequence.giveUp()
                    self.finish()
                }
            }
        }
    }

    private func finish() {
        caller.learn(sequence.sightings)
        guard let completion, let result = sequence.result, let standing else { return }
        self.completion = nil
        completion(
            UpstreamEnd(
                result: result, status: standing.response?.status, caching: standing.response?.caching,
                requested: standing.requested, received: .now(), endpoint: sequence.resultEndpoint,
                attempts: sequence.count, started: started
            )
        )
    }
}
