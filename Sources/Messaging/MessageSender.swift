/// In whose name a message is sent.
package enum MessageSender: String, Sendable, Hashable, CaseIterable {
    case bot
    case user
}
