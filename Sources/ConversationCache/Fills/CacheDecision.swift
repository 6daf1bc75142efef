/// What is to be done for a read.
package enum CacheDecision: Sendable {
    /// Answer from memory. Where a fetch comes with it, make that one too; nobody waits for it.
    case answer(CachedAnswer, refresh: Fetch?)
    /// Make the fetch; its end answers this read as well.
    case fetch(Fetch)
    /// Somebody else's fetch answers it.
    case wait(FetchID)
    /// Ask Divar past the cache, and keep nothing.
    case bypass(ForwardReason)
    /// There is nothing to answer with, and the request forbids to ask Divar.
    case notCached
}
