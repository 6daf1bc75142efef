package import Messaging

/// A message that has its intent.
package struct OpenedMessage: Sendable, Hashable {
    package var message: MessageID
    /// The number of its intent.
    package var intent: Int
    package var caller: CallerName
    package var conversation: String?
    package var user: String?
    /// Nil for what has no content: an upload token.
    package var sealed: SealedContent?

    package init(
        message: MessageID,
        intent: Int,
        caller: CallerName,
        conversation: String?,
        user: String?,
        sealed: SealedContent?
    ) {
        self.message = message
        self.intent = intent
        self.caller = caller
        self.conversation = conversation
        self.user = user
        self.sealed = sealed
    }
}
