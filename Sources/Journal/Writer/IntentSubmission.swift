package import Messaging

/// What is to be on disk before a byte of a call leaves.
///
/// A class, since it is handed on many times and is large.
package final class IntentSubmission: Sendable {
    package struct Claim: Sendable {
        package var name: ClaimName
        /// What the key is bound to: from `CanonicalContent`.
        let request: [UInt8]
        /// Microseconds since 1970.
        package var expires: Int64
    }

    package let message: MessageID
    let caller: CallerName
    let conversation: String?
    let user: String?
    let tail: RecordTail
    package let sealed: SealedContent?
    package let claim: Claim?
    /// Where it is not sent at once.
    let queued: QueuedMessage?
    /// Opens the commitment and the fingerprint; empty where there is no content.
    let recordKey: [UInt8]

    /// An intent that has no content: an upload token is to be asked for.
    package init(message: MessageID, record: RecordDraft) {
        var record = record
        record.message = message
        self.message = message
        (caller, conversation, user) = (record.caller ?? .local, record.conversation, record.user)
        tail = RecordTail(record)
        recordKey = []
        sealed = nil
        claim = nil
        queued = nil
    }

    /// An intent to send. Makes its record key and its commitment; throws where the random source fails.
    package init(
        message: MessageID,
        record: RecordDraft,
        draft: MessageDraft,
        sealer: ContentSealer,
        claim: (name: ClaimName, expires: Int64)?,
        queued: QueuedMessage? = nil
    ) throws {
        let recordKey = ContentSealer.makeRecordKey()
        let content = CanonicalContent.bytes(of: draft)
        var record = record
        record.message = message
        record.commitment = Commitment(to: content, key: recordKey)
        self.message = message
        (caller, conversation, user) = (record.caller ?? .local, record.conversation, record.user)
        self.recordKey = recordKey
        self.queued = queued
        tail = RecordTail(record)
        sealed = try sealer.seal(content, of: message, recordKey: recordKey)
        self.claim = claim.map {
            Claim(name: $0.name, request: CanonicalContent.request(draft), expires: $0.expires)
        }
    }

    /// The claim as it is stored.
    var newClaim: NewClaim? {
        claim.map {
            NewClaim(
                name: $0.name,
                message: message,
                fingerprint: RequestFingerprint(of: $0.request, recordKey: recordKey),
                expires: $0.expires
            )
        }
    }
}
