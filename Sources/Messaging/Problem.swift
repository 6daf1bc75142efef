/// Why a call could not be served, in the terms of RFC 9457, with what a caller needs to act on it.
///
/// It says what went wrong and whose fault it is (`kind`), and for a send whether the message left (`outcome`). No
/// text in it comes from a secret or from an underlying error.
package struct Problem: Error, Sendable, Hashable {
    package var kind: ProblemKind
    package var detail: String
    /// For sends: what became of the message.
    package var outcome: Outcome?
    package var violations: [Violation]
    package var divar: DivarComplaint?
    package var endpoint: EndpointName?
    package var attempts: Int?
    package var messageID: MessageID?
    /// When a new attempt makes sense.
    package var retryAfterSeconds: Int?
    /// The limits that stand in the way, where it is those of the app.
    package var rateLimits: [RateLimit] = []

    package init(
        _ kind: ProblemKind,
        detail: String,
        outcome: Outcome? = nil,
        violations: [Violation] = [],
        divar: DivarComplaint? = nil,
        retryAfterSeconds: Int? = nil
    ) {
        self.kind = kind
        self.detail = detail
        self.outcome = outcome
        self.violations = violations
        self.divar = divar
        self.retryAfterSeconds = retryAfterSeconds
    }
}
