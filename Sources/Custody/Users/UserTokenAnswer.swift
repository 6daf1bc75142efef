package import Messaging

/// What a call is told that wants a user's token.
package enum UserTokenAnswer: Sendable, Equatable {
    /// - Parameter expires: when it ends, in microseconds since 1970.
    case token(AccessToken, expires: Int64)
    /// No tokens of that user are kept.
    case unknownUser
    /// The token ended and can't be renewed: the user has to consent again.
    case consentRequired
    /// The token ended and can't be renewed now.
    case unavailable(retryAfterSeconds: Int)
}
