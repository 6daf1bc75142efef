/// What a client did that HTTP or a limit forbids, found before any route was asked.
package enum ProtocolViolation: Sendable, Hashable {
    case malformed
    case missingOrRepeatedHost
    /// `Host` is no host, or another than the target's.
    case malformedHost
    case repeatedField(FieldName)
    case unsupportedMethod
    case unsupportedTarget
    case unsupportedTransferCoding
    case unsupportedVersion
    case expectationFailed
    case targetTooLong(limit: Int)
    case headerTooLarge(bytes: Int, fields: Int)
    case chunkExtensionsTooLong(limit: Int)
    case headerTimeout
    case bodyTimeout
    case bodyTooLarge(limit: Int)
    case tooManyConnections(limit: Int)
    case tooManyConnectionsFromAddress(limit: Int)
}
