import ConversationCache
import Messaging
import NIOCore
import Testing

/// A cache with a clock of its own, and short words for what happens to it.
struct CacheRig: CustomReflectable, CustomTestStringConvertible {
    static let second: Int64 = 1_000_000
    static let start: Int64 = 1_000 * second
    static let unixStart = 1_800_000_000

    var cache: ConversationCache
    /// Microseconds.
    var now = CacheRig.start
    /// Whoever read last.
    private(set) var waiter = CacheWaiter(loop: 0, number: 0)
    /// What the last read had to fetch, for itself or in the background.
    private(set) var fetch: Fetch?

    init(_ change: (inout CacheSettings) -> Void = { _ in }) {
        var settings = CacheSettings()
        change(&settings)
        cache = ConversationCache(settings: settings)
    }

    /// Else an expectation that fails prints all that is stored.
    var customMirror: Mirror { Mirror(self, children: []) }
    var testDescription: String { "\(cache.entryCount) entries at \(now)" }

    var unix: Int { CacheRig.unixStart + Int((now - CacheRig.start) / CacheRig.second) }

    mutating func pass(_ seconds: Double) {
        now += Int64(seconds * 1_000_000)
    }

    mutating func ask(_ key: CacheKey = .named(), _ directives: String = "", tokenEnd: Int64? = nil) -> Asked {
        waiter = CacheWaiter(loop: 0, number: waiter.number + 1)
        fetch = nil
        let read = CacheRead(key: key, directives: CacheControl(directives), tokenEnd: tokenEnd, waiter: waiter)
        switch cache.decide(read, now: now) {
        case .answer(let answer, let refresh):
            fetch = refresh
            return .answered(answer.text, answer.status.text, age: answer.age, refreshes: refresh != nil)
        case .fetch(let fetch):
            self.fetch = fetch
            return .fetch
        case .wait: return .wait
        case .bypass(let reason): return .bypass(reason)
        case .notCached: return .notCached
        }
    }

    /// Whether a plain read is answered as fresh.
    func hits(_ key: CacheKey = .named(), _ directives: String = "") -> Bool {
        var look = self
        guard case .answered(_, let status, _, false) = look.ask(key, directives) else { return false }
        return status.hasPrefix("divar-gateway; hit; ttl=") && !status.contains("stale")
    }

    /// A read that has to fetch.
    mutating func begin(_ key: CacheKey = .named(), _ directives: String = "", tokenEnd: Int64? = nil) throws -> FetchID
    {
        let asked = ask(key, directives, tokenEnd: tokenEnd)
        try #require(asked == .fetch)
        return try #require(fetch).id
    }

    @discardableResult
    mutating func end(_ fetch: FetchID, _ end: FetchEnd, took seconds: Int64 = 0) -> Settlement {
        let times = AnswerTimes(requested: now - seconds * CacheRig.second, received: now, receivedUnix: unix)
        return cache.end(fetch, with: end, times: times)
    }

    /// A read that fetches, and the end of it.
    @discardableResult
    mutating func bring(
        _ end: FetchEnd = .text("x"),
        _ key: CacheKey = .named(),
        _ directives: String = "",
        tokenEnd: Int64? = nil
    ) throws -> Settlement {
        let fetch = try begin(key, directives, tokenEnd: tokenEnd)
        return self.end(fetch, end)
    }
}
