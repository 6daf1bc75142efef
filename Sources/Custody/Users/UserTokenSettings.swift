/// When users' tokens are renewed. Times are microseconds.
package struct UserTokenSettings: Sendable, Hashable {
    /// Before the access token ends; of one that lives shorter, the last third of its life.
    package var margin: Int64 = 600_000_000
    /// Tokens that nobody uses are renewed so long after they came: a refresh token lasts 30 days.
    package var keepAlive: Int64 = 10 * 86_400_000_000
    /// Refreshes under way at once.
    package var concurrency = 8
    /// Users whose tokens are kept; more are refused.
    package var maximumUsers = 100_000

    package init() {}

    /// So long after a refresh the old tokens still work at Divar; the rest of its two minutes is left for their way.
    static let grace: Int64 = 90_000_000
    static let firstPause: Int64 = 500_000
    static let longestPause: Int64 = 300_000_000
    /// While the old tokens may be about to become void, the pauses are no longer than this.
    static let longestPauseInDoubt: Int64 = 15_000_000
    static let doubt: Int64 = 120_000_000
    static let firstSavePause: Int64 = 500_000
    static let longestSavePause: Int64 = 15_000_000

    /// Twice as long after each failure, spread so that what failed together doesn't come back together.
    static func pause(failures: Int, isInDoubt: Bool, jitter: Double) -> Int64 {
        let longest = isInDoubt ? longestPauseInDoubt : longestPause
        let pause = min(firstPause << Int64(min(max(failures, 1) - 1, 20)), longest)
        return pause / 2 + Int64(Double(pause / 2) * jitter)
    }

    static func savePause(failures: Int) -> Int64 {
        min(firstSavePause << Int64(min(max(failures, 1) - 1, 20)), longestSavePause)
    }
}
