package import StrictJSON

/// A conversation in the one shape that callers see, whatever the version said.
package struct Conversation: Sendable, Hashable {
    package var id: String
    /// `POST` or `BOT` today; a kind that is new to us is passed on.
    package var type: String?
    package var postToken: String?
    /// Oldest first. Members that we don't know stay under their own names.
    package var messages: [JSONValue]

    package init(id: String, type: String?, postToken: String?, messages: [JSONValue]) {
        self.id = id
        self.type = type
        self.postToken = postToken
        self.messages = messages
    }
}
