import ConversationCache
import Messaging

/// What a waiter was told, in a form that can be compared.
enum Told: Hashable {
    case answer(String)
    case problem(ProblemKind)
    /// To make the fetch once more.
    case fetch

    static let unreachable = Told.problem(.divarUnreachable)
    static let failing = Told.problem(.divarFailed)
    static let forbidden = Told.problem(.divarRefusedCredentials)
    static let missing = Told.problem(.notFoundAtDivar)
    static let bad = Told.problem(.divarRejected)
    static let senseless = Told.problem(.divarUnintelligible)
}
