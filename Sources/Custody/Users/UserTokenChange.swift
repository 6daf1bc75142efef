/// What is to be on disk of a user's tokens.
package enum UserTokenChange: Sendable, Equatable {
    case keep(UserGrant)
    case remove
}
