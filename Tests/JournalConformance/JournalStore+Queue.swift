package import Journal
package import Messaging

extension JournalStore {
    /// All that is in the queue behind a message.
    package func queue(after message: MessageID?, limit: Int) throws(JournalStoreError) -> [QueuedMessage] {
        try queue(after: message, limit: limit, withFailed: true)
    }
}
