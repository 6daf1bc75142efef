/// What became of a message, as far as it is known. It is never guessed.
package enum Outcome: String, Sendable, Hashable, CaseIterable {
    /// It is proven that Divar did not take the message.
    case notSent = "not_sent"
    /// Divar said that it took the message.
    case sent
    /// The request left, and no valid answer came: it may have been taken or not.
    case unknown
}
