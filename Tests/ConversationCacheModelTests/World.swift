import ConversationCache
import Messaging

/// The few names that there are. A key's number says of whom it is: bit 0 the conversation, 1 the caller, 2 the app, 3
/// the token.
enum World {
    static let keyCount = 16
    static let second: Int64 = 1_000_000
    static let start: Int64 = 10_000 * second
    static let unixStart = 1_800_000_000

    static let conversations = ["c", "d"].compactMap { ConversationID($0) }
    static let callers = ["x", "y"].compactMap { CallerName($0) }
    static let apps = ["p", "q"].compactMap { AppName($0) }
    static let tokens = [UInt64(1), 2].map { number in TokenDigest { $0 == 3 ? number : 7 } }

    static let keys = (0..<keyCount).map { number in
        CacheKey(
            operation: .readConversation, conversation: conversations[conversation(number)],
            partition: CachePartition(
                caller: callers[number >> 1 & 1], app: apps[number >> 2 & 1], token: tokens[token(number)]
            )
        )
    }

    static func conversation(_ key: Int) -> Int { key & 1 }
    static func partition(_ key: Int) -> Int { key >> 1 }
    static func token(_ key: Int) -> Int { key >> 3 }

    static func unix(at now: Int64) -> Int { unixStart + Int((now - start) / second) }

    static let tags = (0..<256).map { "e\($0)" }
    static let changeDates = (0..<256).map { "m\($0)" }
    static let notFound = (0..<256).map { serial in
        var problem = Problem(.notFoundAtDivar, detail: "")
        problem.divar = DivarComplaint(status: 404, code: serial)
        return problem
    }
    static let refusal = Problem(.divarRefusedCredentials, detail: "")
    static let rejection = Problem(.divarRejected, detail: "")
    static let failure = Problem(.divarUnreachable, detail: "")
}
