/// What is known of a message that was accepted: the answer to `GET /messages/{id}`.
package struct MessageReport: Sendable, Hashable {
    package var message: MessageID
    /// Nil while the message is under way.
    package var outcome: Outcome?
    /// Why it was not sent or is unknown: a kind of problem, or `crash`, `shutdown`.
    package var reason: String?
    /// What the conversation shows of a message whose outcome is unknown: `sent`, `not_sent` or `undecidable`.
    package var reconciled: String?
    /// Whether it waits in the queue; nil where it never was there, or left it.
    package var isWaiting: Bool?
    /// Until when it may wait there (RFC 3339).
    package var expiresAt: String?
    package var conversation: String?
    package var user: String?
    package var endpoint: String?
    package var attempts: Int?
    /// Divar's HTTP status and gRPC code.
    package var status: Int?
    package var code: Int?
    /// When it was accepted and when its outcome was recorded (RFC 3339).
    package var acceptedAt: String?
    package var decidedAt: String?

    package init(message: MessageID) {
        self.message = message
    }
}
