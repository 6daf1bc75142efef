package import Journal
package import Messaging

/// What can be shown of a message's text.
package enum KeptText: Sendable, Hashable {
    /// The content as JSON; it is what was committed to.
    case kept(String)
    /// Why there is nothing to show.
    case absent(String)

    package static func find(
        _ message: MessageID,
        in archive: any JournalArchive,
        masterKeys: [MasterKey]
    ) throws -> KeptText {
        guard let records = try MessageRecords.find(message, in: archive) else {
            return .absent("there is no such message")
        }
        let state = try ContentState(
            of: records.intent, life: records.life, check: ContentCheck(masterKeys: masterKeys), archive: archive)
        guard case .kept(let bytes) = state else { return .absent(state.description) }
        return .kept(String(decoding: bytes, as: UTF8.self))
    }
}
