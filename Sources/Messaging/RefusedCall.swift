/// A call that was refused before anything was done for it.
package struct RefusedCall: Sendable {
    /// Nil where nobody knows who called.
    package var caller: Caller?
    package var peer: String
    /// What the caller would have needed to be allowed.
    package var permission: Permission
    package var kind: ProblemKind
    /// The conversation that was to be read.
    package var conversation: ConversationID?
    package var traceID: String?

    package init(
        caller: Caller?,
        peer: String,
        permission: Permission,
        kind: ProblemKind,
        conversation: ConversationID? = nil,
        traceID: String? = nil
    ) {
        self.caller = caller
        self.peer = peer
        self.permission = permission
        self.kind = kind
        self.conversation = conversation
        self.traceID = traceID
    }
}
