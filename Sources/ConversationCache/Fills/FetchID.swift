/// Names a fetch; later ones have higher numbers.
package struct FetchID: Sendable, Hashable, Comparable {
    let number: UInt64

    package static func < (left: FetchID, right: FetchID) -> Bool { left.number < right.number }
}
