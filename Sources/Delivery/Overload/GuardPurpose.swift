/// What a call to Divar is for, as far as it matters to who goes first and who may be a probe.
package enum GuardPurpose: Sendable, Hashable, CaseIterable {
    case send
    case read
}
