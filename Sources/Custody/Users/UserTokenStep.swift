package import Messaging

/// What is to be done about users' tokens.
package enum UserTokenStep: Sendable, Equatable {
    /// Ask Divar for new tokens; the end goes to `refreshEnded` under the same ticket.
    case refresh(ticket: UInt64, AppUser, RefreshToken)
    /// Have it on disk; the end goes to `written` under the same ticket.
    ///
    /// - Parameters:
    ///   - event: what the trail says of it; nil where nothing happened.
    ///   - request: whose request it is, where somebody asked for it.
    case write(ticket: UInt64, AppUser, UserTokenChange, event: UserTokenEvent?, request: UInt64?)
    /// Somebody's request is on disk, or can't be now.
    case finish(request: UInt64, isOnDisk: Bool)
    case tell([UserTokenWaiter], UserTokenAnswer)
    /// The token isn't used any more: nothing that it brought is to be told again.
    case forget(AccessToken)
    /// For operators.
    case report(AppUser, UserTokenNews)
}
