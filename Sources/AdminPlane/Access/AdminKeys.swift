package import Messaging

/// Who may look, known by keys. Without any, everybody may who reaches the listener.
package protocol AdminKeys: Sendable {
    /// Whether a key is asked for at all.
    var areAsked: Bool { get }
    /// Whose key it is, now; nil for nobody's.
    func owner(of key: Secret) -> AdminOperator?
    /// The operator of that name as the configuration has it now; nil where there is none any more.
    func current(_ name: String) -> AdminOperator?
}
