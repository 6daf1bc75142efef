/// The request fields that somebody here reads. All others end in the codec and are never seen above it.
package enum FieldName: String, Sendable, Hashable, CaseIterable {
    case authorization
    case accessToken = "x-access-token"
    case apiKey = "x-api-key"
    case contentType = "content-type"
    case host
    case idempotencyKey = "idempotency-key"
    case origin
    case traceparent
}
