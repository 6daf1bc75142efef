package import Messaging

/// What an answer answers, and for whom. There is no default for any part of it.
package struct CacheKey: Sendable, Hashable {
    package let operation: Operation
    package let conversation: ConversationID
    package let partition: CachePartition

    package init(operation: Operation, conversation: ConversationID, partition: CachePartition) {
        self.operation = operation
        self.conversation = conversation
        self.partition = partition
    }
}
