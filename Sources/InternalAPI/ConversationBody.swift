package import Messaging
private import StrictJSON

/// A conversation as callers see it, in bytes.
package enum ConversationBody {
    package static func bytes(of conversation: Conversation) -> [UInt8] {
        JSONWriter.bytes(AnswerBody.conversation(conversation))
    }
}
