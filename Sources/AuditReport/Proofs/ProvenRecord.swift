/// A record that a proof shows to be in a log.
package struct ProvenRecord: Sendable, Hashable {
    package let number: Int
    package let body: [UInt8]
    /// How many records the signed checkpoint covers.
    package let checkpointSize: Int
}
