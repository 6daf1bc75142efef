package import Messaging

/// What the body of `POST /send` says.
package struct SendBody: Sendable {
    package var draft: MessageDraft
    /// Microseconds since 1970: until when it may wait to be sent; nil where the body doesn't say.
    package var expires: Int64?

    /// Reads a body that was accepted before: whatever the limits are now.
    ///
    /// Nil where it is none.
    package static func accepted(_ body: [UInt8], hasUserToken: Bool) -> MessageDraft? {
        var limits = MessageLimits()
        limits.textCharacters = .max
        return try? SendBodyReader.body(from: body, hasUserToken: hasUserToken, limits: limits).draft
    }
}
