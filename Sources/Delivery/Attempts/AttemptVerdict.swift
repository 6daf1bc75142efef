/// What the end of an attempt allows to do next.
package enum AttemptVerdict: Sendable, Hashable {
    /// It is what it is: an answer, a refusal for good, or nobody knows.
    case final
    /// Not a byte left, and the next connection may be luckier.
    case unreached
    /// The endpoint refused before it acted: it isn't served any more. In doubt it may be what the request names that
    /// isn't there: Divar's answer to both is a 404 with the same code.
    case routeGone(isCertain: Bool)
    /// The endpoint refused before it acted: a limit of the app is passed.
    case limited
    /// The endpoint refused before it acted: another key may be admitted.
    case credentialsRefused
    /// Divar failed, or its answer did, in a way that a repeatable request may try again.
    case broken
}
