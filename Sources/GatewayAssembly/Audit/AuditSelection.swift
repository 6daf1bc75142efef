internal import Journal
private import Messaging

/// Which messages are to be erased, as it was typed.
package enum AuditSelection: Sendable {
    case message(String)
    case conversation(String)
    case user(String)
    /// An age, such as `90d`.
    case olderThan(String)

    /// For the question whether this is meant.
    package var description: String {
        switch self {
        case .message(let id): "message \(id)"
        case .conversation(let id): "all messages of conversation \(id)"
        case .user(let id): "all messages to user \(id)"
        case .olderThan(let age): "all messages that are older than \(age)"
        }
    }

    func selection(now: Int64 = AuditTime.now) throws(AuditUsageError) -> MessageSelection {
        switch self {
        case .message(let text):
            guard let message = try AuditQuery.message(text, option: "--message") else { return .before(0) }
            return .message(message)
        case .conversation(let id): return .conversation(id)
        case .user(let id): return .user(id)
        case .olderThan(let age):
            return .before(UInt64(max(0, try AuditTime.age(age, option: "--older-than", now: now)) / 1000))
        }
    }
}
