internal import ConversationCache
internal import Custody
internal import Delivery
internal import DivarAPI
internal import Messaging

/// What a send does to the cache: when it leaves, and when it has an outcome.
struct SendFence {
    private let conversation: ConversationID?
    private let token: AccessToken?

    /// - Parameter token: the user's token, where the endpoint gets it.
    init(_ target: MessageTarget, token: AccessToken?) {
        if case .conversation(let conversation) = target {
            self.conversation = conversation
        } else {
            conversation = nil
        }
        self.token = token
    }

    func begin(in cache: inout ConversationCache) {
        if let conversation { cache.beginSend(to: conversation) }
    }

    func end(_ end: UpstreamEnd, in cache: inout ConversationCache) {
        let outcome = OutcomeRule.outcome(of: end.result)
        if let conversation { cache.endSend(to: conversation, isProvenNotSent: outcome == .notSent) }
        if let token, end.status == 401 || end.status == 403 { cache.drop(TokenDigest(of: token)) }
        guard outcome != .notSent else { return }
        if outcome == .unknown { cache.doubt(conversation, now: SharedConversationCache.microseconds(end.received)) }
        if case .answered(.sent(let named?), _) = end.result {
            // Where it is no id, nobody can have asked for it.
            if let named = ConversationID(named), named != conversation { cache.drop(named) }
        } else if conversation == nil {
            // It went to a user, and nobody knows into which conversation.
            cache.removeAll()
        }
    }
}
