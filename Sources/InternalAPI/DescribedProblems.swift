internal import Messaging

/// Which problems each call can meet, as responses of the description: one for every status, with the kinds behind it.
///
/// There is no `default` beside them, so an answer that nobody described is found by the tests.
enum DescribedProblems {
    /// What a request can meet at the door, whatever it asks.
    static let atTheDoor: [ProblemKind] = [
        .malformedRequest, .requestTimeout, .bodyTooLarge, .targetTooLong, .expectationFailed, .headerTooLarge,
        .overloaded, .unsupportedVersion, .loopDetected,
    ]
    /// What a caller can meet as well.
    static let ofCallers =
        atTheDoor + [.invalidRequest, .unauthenticated, .notAllowed, .quota, .callerLimit, .internal]
    /// What a call that goes to Divar can meet as well.
    private static let ofDivar =
        ofCallers + [
            .notFoundAtDivar, .divarRejected, .divarLimit, .divarRefusedCredentials, .divarFailed,
            .divarUnintelligible, .divarUnreachable, .divarUnavailable, .divarTimeout, .journalUnavailable,
        ]
    /// What a call by a kept user's name can meet as well.
    private static let ofKeptUsers: [ProblemKind] = [.unknownUser, .consentRequired, .userTokenUnavailable]
    static let ofSends =
        ofDivar + [
            .userTokenRequired, .unsupportedMediaType, .idempotencyKeyInUse, .idempotencyKeyReused,
            .recipientRestricted, .interrupted, .messageExpired, .messageCancelled,
        ] + ofKeptUsers
    static let ofReads = ofDivar + [.userTokenRequired, .notCached] + ofKeptUsers
    static let ofUploads = ofDivar
    static let ofReports = ofCallers + [.noSuchResource, .journalUnavailable]
    static let ofCancels = ofReports + [.notCancellable]
    static let ofUserTokens = ofReports + [.unknownUser, .unsupportedMediaType]
    static let ofEvents =
        atTheDoor + [
            .invalidRequest, .unauthenticated, .noSuchResource, .unsupportedMediaType, .eventNotForwarded,
        ]

    /// Members of a `responses` object.
    static func responses(_ kinds: [ProblemKind]) -> String {
        let statuses = Set(kinds.map(\.status)).sorted()
        return statuses.map { status in
            let names = kinds.filter { $0.status == status }.map(\.rawValue).sorted().joined(separator: ", ")
            return "\"\(status)\":{\"$ref\":\"#/components/responses/Problem\",\"description\":\"\(names)\"}"
        }.joined(separator: ",\n")
    }
}
