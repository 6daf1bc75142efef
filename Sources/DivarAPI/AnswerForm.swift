/// The shapes of a successful answer.
package enum AnswerForm: Sendable, Hashable {
    /// `{"conversation_id": "…"}`
    case sentConversation
    /// `{"status": 200, "message": "…"}`
    case sentStatus
    /// `{"token": "…"}`
    case uploadToken
    /// `{"conversation": {…}, "messages": […]}`
    case conversation
}
