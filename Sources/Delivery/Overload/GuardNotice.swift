/// The decision for a call that was told to wait.
package struct GuardNotice: Sendable, Hashable {
    package enum Decision: Sendable, Hashable {
        case go
        case refuse(GuardRefusal)
    }

    package let ticket: GuardTicket
    package let decision: Decision
}
