import AuditReport
import Journal
import Messaging
import StrictJSON

let trailTargets = [
    FuzzTarget("records", checkRecord),
    FuzzTarget("stored-answers", checkStoredAnswer),
    FuzzTarget("signed-notes", checkNote),
    FuzzTarget("proofs", checkProof),
]

/// A record that somebody else wrote is read alike by both readers, and is never taken for one of a log.
private func checkRecord(_ body: [UInt8]) {
    let record = AuditRecord(StoredRecord(number: 1, body: body, link: someDigest))
    if let view = RecordView(body) {
        for member in record.members where member.value.stringValue != nil {
            require(view[member.name] == record[member.name], "two readers see one record")
        }
    } else {
        require(record.members.isEmpty, "what is no object has no members")
    }
    _ = (record.kind, record.message, record.time)
    var verifier = LogVerifier(from: LogHead(log: someLog), key: someKey)
    let isRefused: Bool
    do {
        try verifier.read(StoredRecord(number: 1, body: body, link: someDigest))
        isRefused = false
    } catch {
        isRefused = true
    }
    require(isRefused, "a record with a link of somebody else's is refused")
}

/// What is kept of an answer is read back as it was.
private func checkStoredAnswer(_ bytes: [UInt8]) {
    let message = MessageID(unixMilliseconds: 1, random: (2, 3))
    guard let result = StoredAnswer.result(bytes, of: message), let conversation = ConversationID("c") else { return }
    // A text that no problem repeats.
    let draft = MessageDraft(target: .conversation(conversation), sender: .bot, content: .text("\u{10FFFD}\u{10FFFC}"))
    let again = StoredAnswer.result(StoredAnswer.bytes(result, to: draft), of: message)
    switch (result, again) {
    case (.success(let before), .success(let after)): require(before == after, "a receipt stays the same")
    case (.failure(let before), .failure(let after)): require(before == after, "a problem stays the same")
    default: require(false, "an answer stays of its kind")
    }
}

/// Notes, checkpoints and keys read the same once they are written; nobody's signature counts for the log's.
private func checkNote(_ bytes: [UInt8]) {
    let text = bytes.text
    if let note = SignedNote(text) {
        require(SignedNote(note.description) == note, "a note stays the same")
        require(!note.isSigned(by: someKey), "a signature that was not made is not found")
        if let checkpoint = Checkpoint(text: note.text) { check(checkpoint) }
    }
    if let checkpoint = Checkpoint(text: text) { check(checkpoint) }
    if let key = VerifierKey(text) { require(VerifierKey(key.description) == key, "a key stays the same") }
    if let log = LogID(text) { require(log.text == text, "a log's name is its text") }
}

private func check(_ checkpoint: Checkpoint) {
    require(Checkpoint(text: checkpoint.text) == checkpoint, "a checkpoint stays the same")
}

/// A proof is its text, and nothing is proven that was not signed.
private func checkProof(_ bytes: [UInt8]) {
    let text = bytes.text
    guard let proof = ProofFile(text) else { return }
    require(Array(proof.text.utf8) == Array(text.utf8), "a proof has one spelling")
    require((try? proof.verified(by: someKey)) == nil, "nothing is proven without a signature")
}
