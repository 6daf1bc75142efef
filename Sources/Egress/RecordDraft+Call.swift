internal import Delivery
internal import DivarAPI
internal import Journal
internal import Messaging

extension RecordDraft {
    /// What is known before a byte leaves.
    ///
    /// - Parameter endpoint: nil where it isn't sent at once.
    init(intentOf operation: Operation, for call: CallContext, through endpoint: EndpointName?) {
        self.init(.intent, of: call, operation: operation)
        self.endpoint = endpoint
    }

    init(
        reading conversation: ConversationID,
        for call: CallContext,
        end: UpstreamEnd
    ) {
        self.init(.read, of: call, operation: .readConversation)
        self.conversation = conversation.text
        add(end)
    }

    /// A read that Divar didn't hear of.
    init(readingFromMemory conversation: ConversationID, for call: CallContext) {
        self.init(.read, of: call, operation: .readConversation)
        self.conversation = conversation.text
        reason = RecordReason.cached.rawValue
    }

    /// A read whose caller went away before Divar answered.
    init(givingUpReading conversation: ConversationID, for call: CallContext, after attempts: Int) {
        self.init(.read, of: call, operation: .readConversation)
        self.conversation = conversation.text
        self.attempts = attempts
        reason = RecordReason.abandoned.rawValue
    }

    init(outcome: Outcome, of end: UpstreamEnd) {
        self.init(.outcome)
        self.outcome = outcome
        add(end)
    }

    /// Who brought or removed a user's tokens.
    init(userTokensFor call: CallContext) {
        self.init(.userTokens)
        caller = call.caller.name
        knownBy = call.caller.evidence.rawValue
        peer = call.peer
        app = call.caller.app
        traceID = call.trace.traceID
    }

    init(_ refused: RefusedCall) {
        self.init(.refusal)
        caller = refused.caller?.name
        knownBy = refused.caller?.evidence.rawValue
        peer = refused.peer
        app = refused.caller?.app
        operation = refused.permission.rawValue
        conversation = refused.conversation?.text
        traceID = refused.traceID
        reason = refused.kind.rawValue
    }

    private init(_ kind: RecordKind, of call: CallContext, operation: Operation) {
        self.init(kind)
        caller = call.caller.name
        knownBy = call.caller.evidence.rawValue
        peer = call.peer
        app = call.caller.app
        tokenUser = call.user?.text
        self.operation = operation.rawValue
        traceID = call.trace.traceID
    }

    private mutating func add(_ end: UpstreamEnd) {
        endpoint = end.endpoint
        let problem = ProblemRule.problem(for: end.result)
        reason = problem?.kind.rawValue
        status = problem?.divar?.status ?? (problem == nil ? 200 : nil)
        code = problem?.divar?.code
        attempts = end.attempts
        latencyMicroseconds = end.latencyMicroseconds
    }
}
