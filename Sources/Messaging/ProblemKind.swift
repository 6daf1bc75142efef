/// The kinds of problem that a caller can meet. The raw value ends the stable `type` URI.
package enum ProblemKind: String, Sendable, Hashable, CaseIterable {
    // The caller's to mend.
    case malformedRequest = "malformed-request"
    case invalidRequest = "invalid-request"
    case userTokenRequired = "user-token-required"
    case unauthenticated
    case notAllowed = "not-allowed"
    case noSuchResource = "no-such-resource"
    case methodNotAllowed = "method-not-allowed"
    case methodNotImplemented = "method-not-implemented"
    case requestTimeout = "request-timeout"
    case bodyTooLarge = "body-too-large"
    case targetTooLong = "target-too-long"
    case unsupportedMediaType = "unsupported-media-type"
    case expectationFailed = "expectation-failed"
    case headerTooLarge = "header-too-large"
    case unsupportedVersion = "unsupported-version"
    case idempotencyKeyInUse = "idempotency-key-in-use"
    case idempotencyKeyReused = "idempotency-key-reused"
    case notCancellable = "not-cancellable"
    case messageExpired = "message-expired"
    case messageCancelled = "message-cancelled"
    case unknownUser = "unknown-user"
    case consentRequired = "consent-required"
    // Divar's answer.
    case notFoundAtDivar = "not-found-at-divar"
    case recipientRestricted = "recipient-restricted"
    case divarRejected = "divar-rejected"
    case divarLimit = "divar-limit"
    case divarRefusedCredentials = "divar-refused-credentials"
    case divarFailed = "divar-failed"
    case divarUnintelligible = "divar-unintelligible"
    case divarUnreachable = "divar-unreachable"
    case divarTimeout = "divar-timeout"
    // The answer of the service that handles events.
    case eventNotForwarded = "event-not-forwarded"
    // The operator's to mend.
    case loopDetected = "loop-detected"
    // Ours.
    case overloaded
    case quota
    case callerLimit = "caller-limit"
    case divarUnavailable = "divar-unavailable"
    case notCached = "not-cached"
    case userTokenUnavailable = "user-token-unavailable"
    case journalUnavailable = "journal-unavailable"
    case interrupted
    case `internal`

    package var status: Int {
        switch self {
        case .malformedRequest, .invalidRequest, .userTokenRequired: 400
        case .unauthenticated: 401
        case .notAllowed, .consentRequired: 403
        case .noSuchResource, .notFoundAtDivar, .unknownUser: 404
        case .methodNotAllowed: 405
        case .requestTimeout: 408
        case .idempotencyKeyInUse, .notCancellable, .messageExpired, .messageCancelled: 409
        case .recipientRestricted: 412
        case .bodyTooLarge: 413
        case .targetTooLong: 414
        case .unsupportedMediaType: 415
        case .expectationFailed: 417
        case .divarRejected, .idempotencyKeyReused: 422
        case .divarLimit, .quota, .callerLimit: 429
        case .headerTooLarge: 431
        case .internal, .interrupted: 500
        case .divarRefusedCredentials, .divarFailed, .divarUnintelligible, .divarUnreachable, .eventNotForwarded:
            502
        case .methodNotImplemented: 501
        case .overloaded, .divarUnavailable, .journalUnavailable, .userTokenUnavailable: 503
        case .divarTimeout, .notCached: 504
        case .unsupportedVersion: 505
        case .loopDetected: 508
        }
    }

    /// The same for every problem of the kind, as RFC 9457 section 3.1.3 asks.
    package var title: String {
        switch self {
        case .malformedRequest: "The request is not well-formed HTTP"
        case .invalidRequest: "The request is not valid"
        case .userTokenRequired: "A Divar user's token is required"
        case .unauthenticated: "The caller is not known"
        case .notAllowed: "The caller may not make this call"
        case .noSuchResource: "There is no such resource"
        case .methodNotAllowed: "The resource does not have this method"
        case .methodNotImplemented: "The method is not implemented"
        case .requestTimeout: "The request did not arrive in time"
        case .bodyTooLarge: "The body is too large"
        case .targetTooLong: "The request target is too long"
        case .unsupportedMediaType: "The body is not of a supported media type"
        case .expectationFailed: "The expectation can not be met"
        case .headerTooLarge: "The header section is too large"
        case .unsupportedVersion: "The HTTP version is not supported"
        case .notFoundAtDivar: "Divar does not know it"
        case .recipientRestricted: "The recipient does not take messages from this sender"
        case .divarRejected: "Divar rejected the call"
        case .divarLimit: "Divar's limit is reached"
        case .divarRefusedCredentials: "Divar refused the credentials"
        case .divarFailed: "Divar failed"
        case .divarUnintelligible: "Divar's answer makes no sense"
        case .divarUnreachable: "Divar can not be reached"
        case .divarTimeout: "Divar did not answer in time"
        case .eventNotForwarded: "The event was not taken"
        case .loopDetected: "The request came back to the gateway"
        case .overloaded: "The gateway is at its limit"
        case .quota: "The quota is used up"
        case .callerLimit: "The caller's own limit is reached"
        case .divarUnavailable: "Divar is failing"
        case .notCached: "The answer is not in the cache"
        case .idempotencyKeyInUse: "A call with this idempotency key is under way"
        case .idempotencyKeyReused: "The idempotency key was used for another message"
        case .notCancellable: "The message can not be taken back"
        case .messageExpired: "The message waited in the queue until it expired"
        case .messageCancelled: "The message was taken back"
        case .unknownUser: "No tokens are kept for this user"
        case .consentRequired: "The user has to consent again"
        case .userTokenUnavailable: "The user's token can not be renewed now"
        case .journalUnavailable: "The audit trail can not be written"
        case .interrupted: "The gateway ended while the call was under way"
        case .internal: "The gateway has a bug"
        }
    }
}
