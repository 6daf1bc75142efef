internal import Journal

/// What became of a call, in a word and a colour.
struct OutcomeTone: Sendable, Hashable {
    let word: String
    /// `good`, `warn`, `bad` or nothing.
    let tone: String

    init(kind: RecordKind?, outcome: String) {
        word = outcome.isEmpty ? (kind == .intent ? "under way" : kind == .refusal ? "refused" : "") : outcome
        tone =
            switch (kind, outcome) {
            case (_, "sent"): "good"
            case (_, "unknown"): "bad"
            case (_, "not_sent"), (.refusal, _), (.intent, _), (.deferral, _): "warn"
            default: ""
            }
    }
}
