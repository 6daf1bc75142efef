package import Messaging

/// Whose answers they are: no answer is ever used outside the partition that fetched it.
///
/// There is no default for any part of it, so that none can be forgotten.
package struct CachePartition: Sendable, Hashable {
    package let caller: CallerName
    package let app: AppName
    /// Of the user's token that Divar answered to.
    package let token: TokenDigest

    package init(caller: CallerName, app: AppName, token: TokenDigest) {
        self.caller = caller
        self.app = app
        self.token = token
    }
}
