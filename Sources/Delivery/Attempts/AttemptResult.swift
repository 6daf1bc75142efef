package import DivarAPI

/// How one attempt at Divar ended.
package enum AttemptResult: Sendable, Equatable {
    case answered(DivarAnswer, retryAfterSeconds: Int?)
    case failed(AttemptFailure)
}
