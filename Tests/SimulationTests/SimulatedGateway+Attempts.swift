import Delivery
import DivarAPI
import Messaging
import SeededCases

/// What one call comes to.
struct ExchangeEnd {
    let result: AttemptResult
    let endpoint: EndpointName
    let attempts: Int
}

/// All attempts of one call, as `UpstreamExchange` makes them.
extension SimulatedGateway {
    final class Exchange {
        var sequence: AttemptSequence
        let caller: CallerName
        let message: MessageID?
        let conversation: ConversationID
        let deadline: Int64
        let completion: (ExchangeEnd) -> Void

        init(
            _ sequence: AttemptSequence, caller: CallerName, message: MessageID?, conversation: ConversationID,
            deadline: Int64, completion: @escaping (ExchangeEnd) -> Void
        ) {
            (self.sequence, self.caller, self.message, self.conversation) = (sequence, caller, message, conversation)
            (self.deadline, self.completion) = (deadline, completion)
        }
    }

    func exchange(
        _ operation: Messaging.Operation, _ caller: CallerName, message: MessageID?, conversation: ConversationID,
        deadline: Int64, _ completion: @escaping (ExchangeEnd) -> Void
    ) -> Exchange? {
        AttemptSequence(
            route: routes.route(for: operation, now: now), keys: 1, isRepeatable: operation == .readConversation
        ).map { sequence in
            Exchange(
                sequence, caller: caller, message: message, conversation: conversation, deadline: deadline,
                completion: completion
            )
        }
    }

    func perform(_ exchange: Exchange, _ pass: Pass) {
        let ended = once { [self] (result: AttemptResult) in
            if isAlive { self.ended(exchange, pass, result) }
        }
        guard world.divar.isReachable else {
            return after(5000) { ended(.failed(AttemptFailure(.connect, requestStarted: false))) }
        }
        if let message = exchange.message { world.wire(message) }
        world.divar.receive(
            message: exchange.message?.description, conversation: exchange.conversation.text,
            endpoint: exchange.sequence.attempt.endpoint.name, answer: ended
        )
        if world.plant != .losesCompletions {
            after(exchange.deadline - now) { ended(.failed(AttemptFailure(.deadline, requestStarted: true))) }
        }
    }

    private func ended(_ exchange: Exchange, _ pass: Pass, _ result: AttemptResult) {
        let verdict = AttemptRule.verdict(on: result, at: exchange.sequence.attempt.endpoint)
        var isPaused = false
        if verdict == .limited, case .answered(_, let retryAfter) = result { isPaused = limited(retryAfter) }
        leave(pass, SimulatedGateway.signal(result), isSpent: OutcomeRule.mayHaveLeft(result))
        if world.plant == .retriesAfterTheFirstByte, case .failed(let failure) = result, failure.reason == .closed,
            failure.requestStarted, exchange.message != nil
        {
            return again(exchange, after: 1000)
        }
        let jitter = Double(world.random.below(1000)) / 1000
        let step = exchange.sequence.ended(result, jitter: jitter, isPaused: isPaused) { overload.mayRetry(now: now) }
        switch step {
        case .finish: finish(exchange)
        case .attempt(_, let delay) where now + delay < exchange.deadline: again(exchange, after: delay)
        case .attempt:
            exchange.sequence.giveUp()
            finish(exchange)
        }
    }

    private func again(_ exchange: Exchange, after delay: Int64) {
        after(delay) { [self] in
            let purpose: GuardPurpose = exchange.message == nil ? .read : .send
            enter(exchange.caller, purpose, deadline: exchange.deadline) { [self] pass in
                if let pass { return perform(exchange, pass) }
                exchange.sequence.giveUp()
                finish(exchange)
            }
        }
    }

    private func finish(_ exchange: Exchange) {
        _ = routes.learn(exchange.sequence.sightings, now: now)
        guard let result = exchange.sequence.result else { return }
        exchange.completion(
            ExchangeEnd(
                result: result, endpoint: exchange.sequence.resultEndpoint, attempts: exchange.sequence.count))
    }

    private static func signal(_ result: AttemptResult) -> GuardSignal {
        switch result {
        case .failed(let failure):
            switch failure.reason {
            case .deadline: .overloaded
            case .closed: .failed
            default: .unreachable
            }
        case .answered(.unintelligible, _): .failed
        case .answered(.refused(let complaint), _): complaint.status >= 500 ? .failed : .fine
        case .answered: .fine
        }
    }
}
