import ConversationCache

/// What was said and seen of a partition's token, and until when it may live by that.
struct TokenLife {
    /// The last that its caller said.
    private var word: Int64?
    /// When the token was first shown, by whomever.
    private var seen: Int64?

    mutating func see(at now: Int64) { seen = seen ?? now }
    mutating func hear(_ end: Int64) { word = end }

    func isOver(at now: Int64) -> Bool {
        (word ?? seen.map { $0 + CacheSettings.tokenLife }).map { $0 <= now } ?? false
    }
}
