/// Reads a conversation for one message. What it can't tell for certain it calls unclear.
///
/// Rests on these: Divar keeps a text as it was sent, or doesn't show it under another sender; it shows all messages
/// since the oldest that it shows; its `Date` and `sent_at` come from one clock; it acts within the settle time, or
/// never.
enum ReconcileRule {
    static func finding(
        on candidate: ReconcileCandidate,
        in evidence: ConversationEvidence,
        settle: Int64
    ) -> ReconcileFinding {
        guard let offset = evidence.clockOffset, abs(offset) <= ReconcileSettings.clockTolerance else {
            return .unclear
        }
        let begin = candidate.began - ReconcileSettings.slack
        let end = candidate.ended + settle + ReconcileSettings.slack
        var mayBeIt = false
        var reachesBack = false
        for message in evidence.messages {
            guard let sentAt = message.sentAt, let isFromBot = message.isFromBot else {
                mayBeIt = true
                continue
            }
            if sentAt < begin { reachesBack = true }
            guard (begin...end).contains(sentAt), isFromBot == candidate.isFromBot else { continue }
            // A person's message may be the other side's.
            if candidate.isFromBot, let text = message.text, isSame(text, candidate.text) { return .present }
            // Divar may have changed its text.
            mayBeIt = true
        }
        return mayBeIt || !reachesBack ? .unclear : .absent
    }

    /// Byte for byte: Swift takes texts for equal that Unicode calls equivalent.
    static func isSame(_ one: String, _ other: String) -> Bool { one.utf8.elementsEqual(other.utf8) }
}
