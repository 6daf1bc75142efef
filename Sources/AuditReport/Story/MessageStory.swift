package import Journal
package import Messaging

/// Everything that a log says of one message, in its order; or one record that is of no message.
package struct MessageStory: Sendable, Hashable {
    /// Nil where it is about a record of no message.
    package let message: MessageID?
    package let chapters: [StoryChapter]
    /// What is kept of the text, in words; nil for a record of no message.
    package let content: String?
    /// Whether a text is kept that could be looked at.
    package let isContentKept: Bool
    /// Whether all of the log was searched for it.
    package let isComplete: Bool

    /// More records than a message can have in earnest.
    static let maximumChapters = 200
    /// Steps of the log that are searched behind a message's first record: a million records.
    static let maximumSteps = 200

    /// Nil where there is no such message or record.
    ///
    /// - Parameter key: the log's; nil where it is not at hand.
    package static func find(
        _ name: RecordName,
        in archive: any JournalArchive,
        key: VerifierKey?
    ) throws -> MessageStory? {
        switch name {
        case .message(let message):
            return try MessageRecords.find(message, in: archive).map { try MessageStory($0, in: archive, key: key) }
        case .number(let number):
            guard number > (try archive.start().size),
                let record = try archive.records(number...number, containing: nil).first
            else { return nil }
            if let message = AuditRecord(record).message, let records = try MessageRecords.find(message, in: archive) {
                return try MessageStory(records, in: archive, key: key)
            }
            let chapters = [StoryChapter(record, checkpoints: try archive.checkpoints(), key: key)]
            return MessageStory(
                message: nil, chapters: chapters, content: nil, isContentKept: false, isComplete: true)
        }
    }

    private init(
        message: MessageID?, chapters: [StoryChapter], content: String?, isContentKept: Bool, isComplete: Bool
    ) {
        (self.message, self.chapters, self.content) = (message, chapters, content)
        (self.isContentKept, self.isComplete) = (isContentKept, isComplete)
    }

    private init(_ records: MessageRecords, in archive: any JournalArchive, key: VerifierKey?) throws {
        let checkpoints = try archive.checkpoints()
        let (found, isComplete) = try MessageStory.search(records, in: archive)
        // Without master keys: what is opened here would be in memory for nothing.
        let state = try ContentState(
            of: records.intent, life: records.life, check: ContentCheck(masterKeys: []), archive: archive)
        self.init(
            message: records.message,
            chapters: found.map { StoryChapter($0, checkpoints: checkpoints, key: key) },
            content: MessageStory.words(on: state), isContentKept: state.isKept, isComplete: isComplete)
    }

    private static func search(
        _ records: MessageRecords,
        in archive: any JournalArchive
    ) throws -> (records: [StoredRecord], isComplete: Bool) {
        let first = [records.intent?.number, records.outcome?.number].compactMap(\.self).min() ?? 1
        let part = RecordPattern.bytes("message", records.message.description)
        var (found, steps) = ([StoredRecord](), 0)
        var isComplete = true
        try RecordWalk(archive: archive, part: part).up(first...max(first, archive.lastNumber())) { _, stored in
            found += stored.filter { AuditRecord($0).message == records.message }
            steps += 1
            isComplete = found.count <= maximumChapters && steps < maximumSteps
            return isComplete
        }
        // An outcome that stands far behind its intent is known all the same.
        for record in [records.intent, records.outcome].compactMap(\.self) where !found.contains(record) {
            found.append(record)
        }
        found.sort { $0.number < $1.number }
        return (Array(found.prefix(maximumChapters)), isComplete)
    }

    private static func words(on state: ContentState) -> String {
        switch state {
        case .kept, .sealed: "kept"
        default: state.description
        }
    }
}
