package import Messaging

/// A message of which nobody knows whether it was sent. Times in microseconds of a clock
/// that nobody sets.
package struct ReconcileCandidate: Sendable, Hashable {
    package var message: MessageID
    /// With a conversation.
    package var lane: ReconcileLane
    package var text: String
    /// Whether it was sent as the bot; otherwise as a person, whom the other side can't be told from.
    package var isFromBot: Bool
    package var began: Int64
    package var ended: Int64

    package init(message: MessageID, lane: ReconcileLane, text: String, isFromBot: Bool, began: Int64, ended: Int64) {
        (self.message, self.lane, self.text, self.isFromBot) = (message, lane, text, isFromBot)
        (self.began, self.ended) = (began, ended)
    }
}
