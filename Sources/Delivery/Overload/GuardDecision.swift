/// What a call is told that asks to go to Divar.
package enum GuardDecision: Sendable, Hashable {
    /// It goes now. Its end has to be told.
    case go
    /// A `GuardNotice` will say.
    case wait
    case refuse(GuardRefusal)
}
