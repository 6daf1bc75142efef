package import ConversationCache
package import Messaging

/// A read as a caller asks for it.
package struct ConversationRead: Sendable {
    package var conversation: ConversationID
    /// The request's `Cache-Control`.
    package var directives: CacheControl
    /// When the user's token ends, in seconds since 1970, where the caller says it.
    package var tokenExpires: Int?

    package init(conversation: ConversationID, directives: CacheControl = CacheControl(), tokenExpires: Int? = nil) {
        self.conversation = conversation
        self.directives = directives
        self.tokenExpires = tokenExpires
    }
}
