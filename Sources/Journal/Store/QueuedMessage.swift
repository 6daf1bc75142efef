package import Messaging

/// A message that waits to be sent, as it outlives the gateway.
package struct QueuedMessage: Sendable, Hashable {
    package enum State: Int, Sendable {
        /// No byte of it is under way: it may be sent, and may be taken back.
        case waiting = 0
        /// A byte may have left.
        case attempting = 1
        /// It was not sent and won't be, unless an operator sends it again.
        case failed = 2
    }

    package var message: MessageID
    /// The number of its intent: messages of one lane are sent in this order. Set where it is written.
    package var intent: Int
    package var app: AppName
    package var caller: CallerName
    /// Messages of one lane are sent one after the other: it names whom they go to.
    package var lane: String
    /// Content and credentials, sealed; empty where only the rest was asked for.
    package var payload: [UInt8]
    package var state: State
    /// Attempts that were proven not to have sent it.
    package var attempts: Int
    /// Microseconds since 1970: until when it may be sent; for a failed one, until when it is kept.
    package var expires: Int64
    /// Microseconds since 1970: not before this.
    package var retryAt: Int64

    package init(
        message: MessageID,
        intent: Int = 0,
        app: AppName,
        caller: CallerName,
        lane: String,
        payload: [UInt8],
        state: State = .waiting,
        attempts: Int = 0,
        expires: Int64,
        retryAt: Int64 = 0
    ) {
        (self.message, self.intent, self.app, self.caller, self.lane) = (message, intent, app, caller, lane)
        (self.payload, self.state, self.attempts) = (payload, state, attempts)
        (self.expires, self.retryAt) = (expires, retryAt)
    }
}
