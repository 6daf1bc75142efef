internal import Journal

/// What the model holds of a message.
struct InMemoryRow: Sendable {
    var opened: OpenedMessage
    var outcome: Int?
    var conversation: String?
    var answer: [UInt8]?
    var reconciliation: Int?
    var isErased = false
}
