/// One message as a caller wants it sent: valid by construction of its parts, not yet bound to any endpoint.
package struct MessageDraft: Sendable, Hashable {
    package var target: MessageTarget
    package var sender: MessageSender
    package var content: MessageContent
    /// What the receiver may press.
    package var buttons: ButtonGrid
    /// What the sender may press; only a message sent as a user has any.
    package var senderButtons: ButtonGrid

    package init(
        target: MessageTarget,
        sender: MessageSender,
        content: MessageContent,
        buttons: ButtonGrid = ButtonGrid(),
        senderButtons: ButtonGrid = ButtonGrid()
    ) {
        self.target = target
        self.sender = sender
        self.content = content
        self.buttons = buttons
        self.senderButtons = senderButtons
    }

    /// What Divar is asked to do with it.
    package var operation: Operation {
        switch (target, sender) {
        case (.user, _): .botMessageToUser
        case (.conversation, .bot): .botMessageToConversation
        case (.conversation, .user): .messageAsUser
        }
    }
}
