/// What follows from the end of an attempt.
package enum AttemptStep: Sendable, Hashable {
    /// Make this one, after so many microseconds.
    case attempt(Attempt, after: Int64)
    /// Say what came of it.
    case finish
}
