private import DivarAPI
package import Journal
package import Messaging

/// Makes of a message that failed for good a new one that waits, with the same content for the same recipient.
package struct QueueResend {
    private let queueSealer: QueueSealer
    private let contentSealer: ContentSealer

    package init(queueSealer: QueueSealer, contentSealer: ContentSealer) {
        (self.queueSealer, self.contentSealer) = (queueSealer, contentSealer)
    }

    /// Nil where what the message needs can't be opened. Throws where the random source fails.
    ///
    /// - Parameters:
    ///   - failed: with its payload.
    ///   - message: the id of the new one.
    ///   - expires: microseconds since 1970.
    ///   - peer: who sends it again, as far as the system knows.
    package func intent(
        resending failed: QueuedMessage,
        as message: MessageID,
        expires: Int64,
        peer: String
    ) throws -> IntentSubmission? {
        guard let payload = queueSealer.open(failed.payload, of: failed.message),
            let content = QueuedContent(payload)
        else { return nil }
        var queued = failed
        (queued.message, queued.state, queued.attempts, queued.retryAt) = (message, .waiting, 0, 0)
        queued.expires = expires
        queued.payload = try queueSealer.seal(payload, of: message)
        let call = CallContext(
            caller: Caller(name: failed.caller, app: failed.app, permissions: [.send]), userToken: content.token,
            trace: content.trace, peer: peer, user: content.user
        )
        var record = SendExchange(draft: content.draft, message: message, call: call, keyExpires: nil)
            .intent(through: nil)
        record.knownBy = "command"
        record.resends = failed.message
        record.expires = RFC3339Time.text(unixMicroseconds: expires)
        return try IntentSubmission(
            message: message, record: record, draft: content.draft, sealer: contentSealer, claim: nil, queued: queued)
    }
}
