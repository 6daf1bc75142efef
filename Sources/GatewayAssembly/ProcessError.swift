/// Why the process can't start or go on, for reasons outside of its configuration.
package struct ProcessError: Error, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
