/// What a call that asks for a place is told.
package enum QuotaDecision: Sendable, Hashable {
    /// It has its place, until `QuotaMirror.ended` is told of its end.
    case go
    /// A later notice decides.
    case wait
    case refuse(QuotaRefusal)
}
