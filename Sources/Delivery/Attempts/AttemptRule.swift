package import DivarAPI
private import Messaging

/// Reads the end of an attempt: whether the same request may be offered again, and where.
///
/// RFC 9110 section 9.2.2 forbids a proxy to repeat a request that isn't idempotent. What is repeated here was proven
/// not to have been acted on: no byte of it left, or the endpoint is one that says so by its answer.
package enum AttemptRule {
    /// Divar's words for a path that nobody serves; an unknown conversation has others, as far as is known.
    private static let goneWords = "Not Found"

    package static func verdict(on result: AttemptResult, at endpoint: Endpoint) -> AttemptVerdict {
        switch result {
        case .failed(let failure): verdict(on: failure)
        case .answered(.refused(let complaint), _): verdict(on: complaint, at: endpoint)
        case .answered(.unintelligible(let status, _), _):
            verdict(onUnintelligible: status, at: endpoint)
        case .answered(.sent, _), .answered(.conversation, _), .answered(.uploadToken, _), .answered(.notModified, _):
            .final
        }
    }

    /// Statuses that say by themselves that there is nothing to act (RFC 9110 sections 15.5.6, 15.5.11 and 15.6.2),
    /// whoever says it and in whatever form.
    static func provesNoRoute(_ status: Int) -> Bool { status == 405 || status == 410 || status == 501 }

    /// What an edge says of a server is of the moment; what makes no sense otherwise will make no more in a second.
    private static func verdict(onUnintelligible status: Int, at endpoint: Endpoint) -> AttemptVerdict {
        if provesNoRoute(status), endpoint.earlyRefusals.contains(.routeGone) { return .routeGone(isCertain: true) }
        return status >= 500 ? .broken : .final
    }

    private static func verdict(on failure: AttemptFailure) -> AttemptVerdict {
        switch failure.reason {
        case .deadline, .noConnectionFree, .addressRefused: return .final
        case .nameLookup, .connect, .tls, .closed: return failure.requestStarted ? .broken : .unreached
        case .malformedAnswer, .answerTooLarge: return .final
        }
    }

    private static func verdict(on complaint: DivarComplaint, at endpoint: Endpoint) -> AttemptVerdict {
        let isRefusal = OutcomeRule.provesRefusal(complaint)
        if complaint.code == 12 || (isRefusal && provesNoRoute(complaint.status)) {
            return endpoint.earlyRefusals.contains(.routeGone) ? .routeGone(isCertain: true) : .final
        }
        switch (complaint.status, complaint.code) {
        case (404, 5) where complaint.message == goneWords && endpoint.earlyRefusals.contains(.routeGone):
            return .routeGone(isCertain: false)
        case (429, 8) where endpoint.earlyRefusals.contains(.limit): return .limited
        case (401, 16), (403, 7), (401, 7), (403, 16):
            return endpoint.earlyRefusals.contains(.credentials) ? .credentialsRefused : .final
        case (500..., _): return .broken
        default: return .final
        }
    }
}

extension AttemptRule {
    /// Whether an answer can mean both that the path isn't served and that what it names isn't there.
    static func isDoubtfulAbsence(_ result: AttemptResult) -> Bool {
        guard case .answered(.refused(let complaint), _) = result else { return false }
        return complaint.status == 404 && complaint.code == 5 && complaint.message == goneWords
    }
}
