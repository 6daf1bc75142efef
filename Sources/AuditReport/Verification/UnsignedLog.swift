/// A log that no checkpoint vouches for: whoever can write the journal can have made all of it.
package struct UnsignedLog: Error, Sendable, Hashable, CustomStringConvertible {
    package let records: Int

    package var description: String { "no checkpoint vouches for the \(records) records" }
}
