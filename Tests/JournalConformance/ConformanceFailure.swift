/// A promise of the port that an engine broke.
package struct ConformanceFailure: Error, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
