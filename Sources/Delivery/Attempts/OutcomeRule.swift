private import DivarAPI
package import Messaging

/// Decides what an attempt's end says about the message: sent, proven not sent, or unknown.
///
/// `not_sent` needs proof: no byte left, or Divar's own error says with a gRPC code that it refused before acting, or a
/// status says that there was nothing to act. Other edge pages, a cut connection and a silence prove nothing.
package enum OutcomeRule {
    package static func outcome(of result: AttemptResult) -> Outcome {
        switch result {
        case .failed(let failure): failure.requestStarted ? .unknown : .notSent
        case .answered(.sent, _): .sent
        case .answered(.refused(let complaint), _): provesRefusal(complaint) ? .notSent : .unknown
        case .answered(.unintelligible(let status, _), _): AttemptRule.provesNoRoute(status) ? .notSent : .unknown
        case .answered(.conversation, _), .answered(.uploadToken, _), .answered(.notModified, _): .unknown
        }
    }

    /// Whether Divar may have counted the request.
    package static func mayHaveLeft(_ result: AttemptResult) -> Bool {
        if case .failed(let failure) = result { failure.requestStarted } else { true }
    }

    /// Whether Divar took the path and the credentials for good: it did what was asked, or would have but for the
    /// recipient.
    static func provesAcceptance(_ result: AttemptResult) -> Bool {
        switch result {
        case .answered(.sent, _), .answered(.conversation, _), .answered(.notModified, _), .answered(.uploadToken, _):
            true
        case .answered(.refused(let complaint), _): complaint.status == 412 && complaint.code == 9
        default: false
        }
    }

    /// The gRPC codes under which a server says that it did not act: invalid argument, not found, permission denied,
    /// resource exhausted, failed precondition, out of range, unimplemented, unauthenticated. Left out are those that
    /// can follow an action begun: cancelled, unknown, deadline exceeded, already exists, aborted, internal,
    /// unavailable, data loss.
    private static let refusalCodes: Set<Int> = [3, 5, 7, 8, 9, 11, 12, 16]

    static func provesRefusal(_ complaint: DivarComplaint) -> Bool {
        complaint.code.map(refusalCodes.contains) ?? false
    }
}
