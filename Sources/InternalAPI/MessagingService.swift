package import Messaging

/// What the front door asks of the rooms behind it. One instance serves one event loop; every completion is called
/// once, on that loop.
package protocol MessagingService {
    /// - Parameter key: by which the same send, asked for again, is done once.
    func send(
        _ draft: MessageDraft,
        key: IdempotencyKey?,
        for call: CallContext,
        completion: @escaping (SendAnswer) -> Void
    )

    /// Puts a message into the queue, to be sent when there is room for it.
    ///
    /// - Parameter expires: microseconds since 1970: later it is not to be sent; nil for as long as is usual.
    func enqueue(
        _ draft: MessageDraft,
        expires: Int64?,
        key: IdempotencyKey?,
        for call: CallContext,
        completion: @escaping (QueueAnswer) -> Void
    )

    /// Takes a message of that caller's back that waits in the queue.
    func cancel(
        _ message: MessageID,
        for call: CallContext,
        completion: @escaping (Result<MessageReport, Problem>) -> Void
    )

    /// What `send` would do, without a trace in the trail or the quota.
    func preview(
        _ draft: MessageDraft,
        expires: Int64?,
        for call: CallContext,
        completion: @escaping (Result<PlannedSend, Problem>) -> Void
    )

    /// - Returns: gives the read up, because nobody is there to be answered.
    func readConversation(
        _ read: ConversationRead,
        for call: CallContext,
        completion: @escaping (ConversationAnswer) -> Void
    ) -> () -> Void

    func createUploadToken(
        for call: CallContext,
        completion: @escaping (Result<UploadGrant, Problem>) -> Void
    )

    /// What became of a message of that caller's.
    func report(
        on message: MessageID,
        for call: CallContext,
        completion: @escaping (Result<MessageReport, Problem>) -> Void
    )

    /// Whether tokens of users are kept at all.
    var keepsUserTokens: Bool { get }

    /// Keeps the tokens of one of the app's users, in the place of earlier ones.
    ///
    /// - Parameter completion: told what is in the way, or nil once they are on disk.
    func keepTokens(
        _ tokens: NewUserTokens,
        of user: UserName,
        for call: CallContext,
        completion: @escaping (Problem?) -> Void
    )

    /// Removes the tokens of one of the app's users. They are not used from here on.
    ///
    /// - Parameter completion: told what is in the way, or nil once they are gone from the disk.
    func removeTokens(of user: UserName, for call: CallContext, completion: @escaping (Problem?) -> Void)

    /// What is kept of one of the app's users.
    func reportTokens(of user: UserName, for call: CallContext) -> Result<UserTokensReport, Problem>

    /// An event of Divar's, whose sender is known.
    ///
    /// - Parameter completion: told what is in the way, or nil once the event is taken.
    func receive(event body: [UInt8], trace: TraceContext, completion: @escaping (Problem?) -> Void)

    /// Told of each call that the front door refused.
    func refused(_ call: RefusedCall)
}
