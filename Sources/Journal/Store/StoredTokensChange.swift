package import Messaging

/// What a commit does to users' tokens. What it replaces or removes can't be opened afterwards.
package enum StoredTokensChange: Sendable, Hashable {
    case keep(StoredUserTokens)
    /// Nothing happens where none are kept.
    case remove(AppUser)

    var isRemoval: Bool {
        if case .remove = self { true } else { false }
    }
}
