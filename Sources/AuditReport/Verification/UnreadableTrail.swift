/// What a log begins with, or what vouches for it, is not what any gateway writes.
package enum UnreadableTrail: Error, Sendable, Hashable, CustomStringConvertible {
    case head
    case checkpoints

    package var description: String {
        switch self {
        case .head: "what pruning left of the first records can not be read"
        case .checkpoints: "a checkpoint can not be read"
        }
    }
}
