/// The directives of a `Cache-Control` field that mean something here (RFC 9111 section 5.2), of a request or of an
/// answer. Unknown directives are ignored, as section 5.2.3 asks; `s-maxage`, `public` and `proxy-revalidate` are for
/// shared caches, and each partition is a private one.
package struct CacheControl: Sendable, Hashable {
    package private(set) var isNoStore = false
    /// Also with field names (`no-cache="X"`), which section 5.2.2.4 allows to treat alike.
    package private(set) var isNoCache = false
    package private(set) var isMustRevalidate = false
    package private(set) var isOnlyIfCached = false
    /// Seconds. Where the value makes no sense, or two values differ: 0, as section 4.2.1 asks.
    package private(set) var maxAge: Int?
    /// Seconds. Where the value makes no sense: more than anything can have.
    package private(set) var minFresh: Int?

    /// Seconds for which Divar allows stale answers (RFC 5861); nil where it says nothing, or nothing readable.
    package private(set) var staleWhileRevalidate: Int?
    package private(set) var staleIfError: Int?

    /// The largest number of seconds that is told apart (section 1.2.2).
    package static let maximumSeconds = 2_147_483_648

    package init() {}

    /// - Parameter field: the field's value; several lines are joined with commas (RFC 9110 section 5.3).
    package init(_ field: String) {
        for (name, value) in DirectiveList.directives(of: field) {
            switch name {
            case "no-store": isNoStore = true
            case "no-cache": isNoCache = true
            case "must-revalidate": isMustRevalidate = true
            case "only-if-cached": isOnlyIfCached = true
            case "max-age":
                let seconds = value.flatMap(CacheControl.seconds) ?? 0
                maxAge = maxAge ?? seconds == seconds ? seconds : 0
            case "min-fresh":
                minFresh = max(minFresh ?? 0, value.flatMap(CacheControl.seconds) ?? CacheControl.maximumSeconds)
            case "stale-while-revalidate":
                staleWhileRevalidate = CacheControl.shorter(staleWhileRevalidate, value)
            case "stale-if-error": staleIfError = CacheControl.shorter(staleIfError, value)
            default: break
            }
        }
    }

    /// Of two values for one directive the one that allows less.
    private static func shorter(_ before: Int?, _ value: String?) -> Int? {
        guard let seconds = value.flatMap(seconds) else { return before }
        return min(before ?? seconds, seconds)
    }

    /// `delta-seconds`: digits and nothing else; what is too large counts as the maximum.
    package static func seconds(_ text: String) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return min(Int(text) ?? maximumSeconds, maximumSeconds)
    }
}
