/// How asking for new tokens ended.
package enum RefreshEnd: Sendable, Equatable {
    case granted(TokenPair)
    /// The refresh token is void: `invalid_grant` (RFC 6749 section 5.2).
    case refused
    /// It is certain that nothing was renewed: nobody was reached, or the endpoint said why not.
    case failed
    /// The tokens may have been renewed, and the new ones are not here.
    case lost
}
