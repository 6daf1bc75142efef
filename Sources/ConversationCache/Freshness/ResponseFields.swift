/// What an answer of Divar's says about its own caching; times in seconds since 1970.
package struct ResponseFields: Sendable, Hashable {
    /// Nil where it is missing.
    package var cacheControl: CacheControl?
    /// Nil where it is missing or can't be read: then the answer is of when it came (RFC 9110 section 6.6.1).
    package var date: Int?
    /// Whole seconds; nil where it is missing or can't be read (RFC 9111 section 5.1).
    package var age: Int?
    package var expires: Expires?
    package var validators = Validators()
    /// Whether it is only for requests that are like the one it answers in more than the cache's key can tell.
    package var variesBeyondKey = false

    package enum Expires: Sendable, Hashable {
        case at(Int)
        /// A value that is no date, such as `0`, lies in the past (section 5.3).
        case past
    }

    package init() {}

    /// What a 304 says replaces what was said before (section 4.3.4).
    func updated(by newer: ResponseFields) -> ResponseFields {
        var updated = newer
        updated.cacheControl = newer.cacheControl ?? cacheControl
        updated.expires = newer.expires ?? expires
        updated.validators.entityTag = newer.validators.entityTag ?? validators.entityTag
        updated.validators.lastModified = newer.validators.lastModified ?? validators.lastModified
        return updated
    }
}
