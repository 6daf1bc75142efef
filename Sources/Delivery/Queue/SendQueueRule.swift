package import Messaging

/// Which failures of a message that waits are worth another try.
package enum SendQueueRule {
    /// What is of the moment: nobody was reached, or a limit was. What Divar or we found wrong with the message will be
    /// as wrong in a minute.
    package static func isOfTheMoment(_ kind: ProblemKind) -> Bool {
        switch kind {
        case .divarUnreachable, .divarLimit, .divarTimeout, .divarUnintelligible, .divarUnavailable, .overloaded,
            .quota, .journalUnavailable, .userTokenUnavailable:
            true
        default: false
        }
    }

    private static let firstDelay: Int64 = 1_000_000
    private static let longestDelay: Int64 = 60_000_000

    /// Twice as long after each failure, spread so that messages that failed together don't come back together.
    ///
    /// - Parameters:
    ///   - failures: how often it was tried, at least 1.
    ///   - jitter: in 0..<1.
    static func delay(failures: Int, retryAfterSeconds: Int?, jitter: Double) -> Int64 {
        let backoff = min(firstDelay << Int64(min(max(failures, 1) - 1, 6)), longestDelay)
        let asked = Int64(min(max(retryAfterSeconds ?? 0, 0), 86_400)) * 1_000_000
        return max(backoff / 2 + Int64(Double(backoff / 2) * jitter), asked)
    }
}
