/// A call to Divar that somebody has to make, and whose end has to be told.
package struct Fetch: Sendable, Hashable {
    package let id: FetchID
    package let key: CacheKey
    /// By which Divar may answer that nothing has changed.
    package let validators: Validators
}
