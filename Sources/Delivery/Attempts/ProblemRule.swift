private import DivarAPI
package import Messaging

/// Turns an attempt that did not succeed into the problem that a caller sees. Says nothing about the outcome.
package enum ProblemRule {
    /// Nil where the attempt succeeded in the way that was asked for.
    package static func problem(for result: AttemptResult) -> Problem? {
        switch result {
        case .answered(.sent, _), .answered(.conversation, _), .answered(.uploadToken, _), .answered(.notModified, _):
            nil
        case .answered(.refused(let complaint), let retryAfter):
            problem(for: complaint, retryAfterSeconds: retryAfter)
        case .answered(.unintelligible(let status, let reason), _):
            Problem(
                .divarUnintelligible,
                detail: "Divar answered with status \(status), but \(reason).",
                divar: DivarComplaint(status: status)
            )
        case .failed(let failure):
            problem(for: failure)
        }
    }

    private static func problem(for complaint: DivarComplaint, retryAfterSeconds: Int?) -> Problem {
        let (kind, detail): (ProblemKind, String) =
            switch (complaint.status, complaint.code) {
            case (412, 9):
                (.recipientRestricted, "The recipient blocked the sender, or one of them is restricted. This is final.")
            case (429, _), (_, 8):
                (.divarLimit, "Divar's limit for this app is reached; Divar's message says which.")
            case (401, _), (403, _), (_, 16), (_, 7):
                (.divarRefusedCredentials, "Divar refused the app's key or the user's token for this call.")
            case (404, _), (_, 5):
                (.notFoundAtDivar, "Divar does not know what the call names.")
            case (_, 12), (500..., _):
                (.divarFailed, "Divar failed to handle the call.")
            default:
                (.divarRejected, "Divar found the call unacceptable; Divar's message says why.")
            }
        return Problem(
            kind,
            detail: detail,
            divar: complaint,
            retryAfterSeconds: kind == .divarLimit ? retryAfterSeconds : nil
        )
    }

    private static func problem(for failure: AttemptFailure) -> Problem {
        switch failure.reason {
        case .nameLookup: Problem(.divarUnreachable, detail: "The name of Divar's host could not be resolved.")
        case .addressRefused(let refused):
            Problem(
                .divarUnreachable,
                detail:
                    "Divar's host leads to \(refused), and upstream.allow_addresses does not name that."
            )
        case .connect: Problem(.divarUnreachable, detail: "No connection to Divar could be made.")
        case .tls: Problem(.divarUnreachable, detail: "No trusted TLS connection to Divar could be made.")
        case .noConnectionFree:
            Problem(
                .overloaded,
                detail: "All connections to Divar are in use and the queue for them is full.",
                retryAfterSeconds: 1
            )
        case .deadline: Problem(.divarTimeout, detail: "Divar did not answer before the deadline.")
        case .closed:
            Problem(.divarUnintelligible, detail: "Divar closed the connection before its answer was complete.")
        case .malformedAnswer: Problem(.divarUnintelligible, detail: "Divar's answer is not HTTP.")
        case .answerTooLarge: Problem(.divarUnintelligible, detail: "Divar's answer is larger than the gateway reads.")
        }
    }
}
