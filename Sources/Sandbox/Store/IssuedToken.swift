/// A user's access token, and how far it goes.
struct IssuedToken: Sendable, Hashable {
    let user: String
    let scopes: Set<String>
    /// Nil for a token that never expires.
    var expiresAt: SandboxTime?

    /// Whether it stands for every scope and every user: the newcomer's.
    var allowsEverything: Bool { scopes.contains(SandboxDefaults.everything) }

    func isValid(at now: SandboxTime) -> Bool {
        expiresAt.map { now < $0 } ?? true
    }

    func hasScope(amongst wanted: [String]) -> Bool {
        allowsEverything || wanted.contains { scopes.contains($0) }
    }
}
