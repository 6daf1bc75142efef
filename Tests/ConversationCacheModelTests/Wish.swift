import ConversationCache

/// What a request says about caching, and what it means by hand.
struct Wish {
    let parsed: CacheControl
    let text: String
    var maxAge: Int?
    var minFresh: Int?
    let isNoCache: Bool
    let isNoStore: Bool
    let isOnlyIfCached: Bool

    init(_ text: String, maxAge: Int? = nil, minFresh: Int? = nil) {
        (parsed, self.text) = (CacheControl(text), text)
        (self.maxAge, self.minFresh) = (maxAge, minFresh)
        isNoCache = text.contains("no-cache")
        isNoStore = text.contains("no-store")
        isOnlyIfCached = text.contains("only-if-cached")
    }

    static let none = Wish("")
    static let all: [Wish] = [
        Wish("no-cache"), Wish("no-cache"), Wish("no-store"), Wish("only-if-cached"), Wish("only-if-cached, no-cache"),
        Wish("only-if-cached, no-store"), Wish("max-age=0", maxAge: 0), Wish("max-age=2", maxAge: 2),
        Wish("max-age=4", maxAge: 4), Wish("min-fresh=3", minFresh: 3),
        Wish("MAX-AGE=5 , min-fresh=1", maxAge: 5, minFresh: 1),
        Wish("only-if-cached, max-age=3", maxAge: 3),
    ]

    /// Whether it says nothing about how fresh the answer has to be.
    var takesStale: Bool { !isNoCache && maxAge == nil && minFresh == nil }

    func takes(age: Int64, remaining: Int64) -> Bool {
        if isNoCache { return false }
        if let maxAge, age > Int64(maxAge) * World.second { return false }
        if let minFresh, remaining < Int64(minFresh) * World.second { return false }
        return true
    }
}
