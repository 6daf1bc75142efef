package import Journal
internal import Messaging

/// Destroys the keys of messages, so that nothing is left by which their contents could be told. The records stay, and
/// each erasure is one of them.
package struct Erasure {
    /// Messages whose erasure is one transaction: some ten milliseconds in which no gateway can write.
    package static let batch = 256

    private let archive: any JournalArchive
    private let sources: JournalSources
    private let peer: String

    /// - Parameter peer: who erases, such as `uid:1000`.
    package init(archive: any JournalArchive, sources: JournalSources, peer: String) {
        self.archive = archive
        self.sources = sources
        self.peer = peer
    }

    /// Erases all messages that are meant and still have their keys.
    ///
    /// - Parameter progress: how many are erased.
    /// - Returns: how many were erased.
    package func run(_ selection: MessageSelection, progress: (Int) -> Void = { _ in }) throws -> Int {
        var erased = 0
        var before: [MessageID] = []
        while true {
            let messages = try archive.unerased(selection, limit: Erasure.batch)
            guard !messages.isEmpty else { break }
            guard messages != before else { throw ErasureFailure.withoutEffect }
            try archive.commit { head in
                var builder = BatchBuilder(from: head, sources: sources)
                for message in messages { builder.append(record(of: message)) }
                builder.batch.erased = messages
                return builder.batch
            }
            before = messages
            erased += messages.count
            progress(erased)
        }
        // Also where nothing was left: an earlier run can have been stopped before this.
        do {
            try archive.scrub()
        } catch {
            throw ErasureFailure.notScrubbed(erased, error)
        }
        return erased
    }

    private func record(of message: MessageID) -> RecordDraft {
        var draft = RecordDraft(.erasure)
        draft.message = message
        draft.knownBy = "command"
        draft.peer = peer
        draft.reason = RecordReason.command.rawValue
        return draft
    }
}
