package import Messaging

/// What the front door asks of the rooms behind it. One instance serves one event loop; every completion is called
/// once, on that loop.
package protocol MessagingService {
    func send(
        _ draft: MessageDraft,
        for call: CallContext,
        completion: @escaping (Result<SendReceipt, Problem>) -> Void
    )

    func readConversation(
        _ conversation: ConversationID,
        for call: CallContext,
        completion: @escaping (Result<Conversation, Problem>) -> Void
    )

    func createUploadToken(
        for call: CallContext,
        completion: @escaping (Result<UploadGrant, Problem>) -> Void
    )
}
