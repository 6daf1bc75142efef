internal import Messaging
private import StrictJSON

/// A record's body from its `kind` on: all that is known before it has its place. Rendered where the record is drafted,
/// so that the journal's one thread only puts a head before it.
package struct RecordTail: Sendable, Hashable {
    private let bytes: [UInt8]

    package init(_ draft: RecordDraft) {
        // The object's opening brace becomes the comma behind `at`.
        var bytes = JSONWriter.bytes(.object(draft.members))
        bytes[0] = UInt8(ascii: ",")
        self.bytes = bytes
    }

    /// The body as it is stored and hashed.
    func body(log: LogID, number: Int, id: MessageID, at time: String) -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(bytes.count + 160)
        body.append(contentsOf: #"{"v":1,"log":""#.utf8)
        body.append(contentsOf: log.text.utf8)
        body.append(contentsOf: #"","seq":"#.utf8)
        body.append(contentsOf: String(number).utf8)
        body.append(contentsOf: #","id":""#.utf8)
        id.appendText(to: &body)
        body.append(contentsOf: #"","at":""#.utf8)
        body.append(contentsOf: time.utf8)
        body.append(UInt8(ascii: "\""))
        body.append(contentsOf: bytes)
        return body
    }
}
