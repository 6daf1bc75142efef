/// The request fields that somebody here reads. All others end in the codec and are never seen above it.
package enum FieldName: String, Sendable, Hashable, CaseIterable {
    case authorization
    case accessToken = "x-access-token"
    case accessTokenExpires = "x-access-token-expires"
    case apiKey = "x-api-key"
    case cacheControl = "cache-control"
    case dryRun = "dry-run"
    case contentType = "content-type"
    case cookie
    case host
    case idempotencyKey = "idempotency-key"
    case ifNoneMatch = "if-none-match"
    case origin
    case prefer
    case requestTimeout = "x-request-timeout"
    case secFetchSite = "sec-fetch-site"
    case traceparent
    case user = "x-user"
    case via

    /// The fields that say where a request ends, and what comes before and after its end.
    enum Framing: String, CaseIterable {
        case connection
        case contentLength = "content-length"
        case transferEncoding = "transfer-encoding"
        case expect
    }

    /// Whether its value is a list, so that several lines of it are one value (RFC 9110 section 5.3).
    package var isList: Bool {
        switch self {
        case .cacheControl, .cookie, .ifNoneMatch, .prefer, .via: true
        default: false
        }
    }
}
