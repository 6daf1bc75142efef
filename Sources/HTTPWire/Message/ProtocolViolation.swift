/// What a client did that HTTP or a limit forbids, found before any route was asked.
package enum ProtocolViolation: Sendable, Hashable {
    case malformed
    case missingOrRepeatedHost
    case repeatedField(FieldName)
    case unsupportedTarget
    case unsupportedTransferCoding
    case unsupportedVersion
    case expectationFailed
    case targetTooLong(limit: Int)
    case headerTooLarge(bytes: Int, fields: Int)
    case headerTimeout
    case bodyTimeout
    case bodyTooLarge(limit: Int)
    case tooManyConnections(limit: Int)
}
