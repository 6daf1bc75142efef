package import Journal
private import Messaging

/// All that a journal has of one message or one record, and what proves it.
package struct EntryDetail {
    /// Safe for a terminal.
    package let lines: [String]

    /// Nil where there is no such message or record.
    ///
    /// - Parameters:
    ///   - masterKeys: open the content that is kept.
    ///   - key: the log's; nil where it is not at hand.
    package static func find(
        _ name: RecordName,
        in archive: any JournalArchive,
        masterKeys: [MasterKey] = [],
        key: VerifierKey? = nil
    ) throws -> EntryDetail? {
        let finder = DetailFinder(archive: archive, check: ContentCheck(masterKeys: masterKeys), key: key)
        switch name {
        case .message(let message):
            return try MessageRecords.find(message, in: archive).map(finder.detail)
        case .number(let number):
            guard number > (try archive.start().size),
                let record = try archive.records(number...number, containing: nil).first
            else { return nil }
            return try finder.detail(of: record)
        }
    }
}
