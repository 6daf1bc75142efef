/// What one look at a conversation says of a message.
enum ReconcileFinding: Sendable, Hashable {
    /// It is there, unless another message with the same text was sent at about the same time.
    case present
    /// It isn't there, and was not taken out of sight.
    case absent
    /// It may be either.
    case unclear
}
