/// What somebody may do on the admin listeners.
package enum AdminRight: String, Sendable, Hashable, CaseIterable {
    /// Read `/metrics`.
    case metrics
    /// See the console: state, trail, live requests. No message's text.
    case look
    /// See the texts of messages. Each look is recorded.
    case texts
    /// Change what can be changed while the gateway runs.
    case operate
}
