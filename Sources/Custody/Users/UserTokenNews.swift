/// What operators should hear of a user's tokens.
package enum UserTokenNews: Sendable, Equatable {
    case refreshed
    /// Divar refused the refresh token: the user has to consent again.
    case refused
    case refreshFailed(failures: Int)
    /// The tokens in use are in memory only, for the disk didn't take them.
    case unsaved
    /// They are on disk, too, now.
    case saved
}
