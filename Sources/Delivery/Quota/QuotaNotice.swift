/// The decision for a call that was told to wait.
package struct QuotaNotice: Sendable, Hashable {
    package enum Decision: Sendable, Hashable {
        /// It has its place, until `QuotaMirror.ended` is told of its end.
        case go
        case refuse(QuotaRefusal)
    }

    package let ticket: QuotaTicket
    package let decision: Decision
}
