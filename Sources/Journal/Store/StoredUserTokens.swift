package import Messaging

/// A user's tokens as a journal keeps them: sealed.
package struct StoredUserTokens: Sendable, Hashable {
    package var user: AppUser
    /// The id of the master key.
    package var master: String
    /// The key of these tokens alone, under the master key: always 60 bytes, so that it is overwritten in its place.
    package var key: [UInt8]
    package var sealed: [UInt8]

    package init(user: AppUser, master: String, key: [UInt8], sealed: [UInt8]) {
        (self.user, self.master, self.key, self.sealed) = (user, master, key, sealed)
    }
}
