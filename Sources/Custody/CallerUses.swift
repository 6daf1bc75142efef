package import Messaging

/// When keys and callers were last used, in seconds since 1970.
package struct CallerUses: Sendable, Hashable {
    package var keys: [CallerKeyDigest: Int64] = [:]
    package var callers: [CallerName: Int64] = [:]

    package init() {}

    /// Takes the later time of each.
    package mutating func merge(_ other: CallerUses) {
        keys.merge(other.keys, uniquingKeysWith: max)
        callers.merge(other.callers, uniquingKeysWith: max)
    }

    /// Forgets what is not in the other: keys that were revoked and callers that are gone.
    package mutating func keep(keys known: Set<CallerKeyDigest>, callers names: Set<CallerName>) {
        keys = keys.filter { known.contains($0.key) }
        callers = callers.filter { names.contains($0.key) }
    }
}
