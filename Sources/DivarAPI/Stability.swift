/// How settled an endpoint is; within an operation the smaller one is taken first.
package enum Stability: Int, Sendable, Hashable, Comparable {
    case stable
    case experimental
    /// The first experimental path, which a second one replaced.
    case oldestExperimental

    package static func < (left: Stability, right: Stability) -> Bool {
        left.rawValue < right.rawValue
    }
}
