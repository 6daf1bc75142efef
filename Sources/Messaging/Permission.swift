/// What a caller may do (`callers.NAME.may`).
package enum Permission: String, Sendable, Hashable, CaseIterable {
    case send
    case read
    case upload
    /// Keep, see and remove the tokens of its app's users.
    case users
}
