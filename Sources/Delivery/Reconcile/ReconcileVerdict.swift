/// What became of a message whose outcome was unknown.
package enum ReconcileVerdict: String, Sendable, Hashable {
    case sent
    case notSent = "not_sent"
    case undecidable
}
