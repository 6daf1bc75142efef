/// What follows from a call that wants a user's token.
package enum UserTokenLookup: Sendable, Equatable {
    case answered(UserTokenAnswer)
    /// The answer comes by a step, to the waiter that was given.
    case waits
}
