/// Keeps a window shut after Divar answered 429 although there seemed to be room.
///
/// Somebody else uses the key, or the limit is lower than configured: either way nobody knows when there is room again.
/// Trying now and then is enough, and no lower limit is guessed: calls that Divar refused keep their places like all
/// others, so after the block only little can leave at once. The blocks grow until a call succeeds.
struct QuotaBlock: Sendable {
    private let window: QuotaWindow
    private(set) var end = Int64.min
    /// How long the last block was without a word from Divar; 0 after a success.
    private var step: Int64 = 0

    init(_ window: QuotaWindow) {
        self.window = window
    }

    func isShut(at now: Int64) -> Bool { now < end }

    /// - Parameter pause: of the minute's window, the first time and without a word from Divar; 0: never.
    mutating func shut(retryAfterSeconds: Int?, pause: Int64, now: Int64) {
        guard pause > 0 else { return }
        let said = retryAfterSeconds.map { min(Int64(min(max($0, 1), Int(Int32.max))) * 1_000_000, longestSaid) }
        // Calls that left together are refused together: that is one refusal, not a repetition.
        guard !isShut(at: now) else {
            end = max(end, now + (said ?? 0))
            return
        }
        step = min(step == 0 ? first(pause) : step * 2, longest)
        end = now + (said ?? step)
    }

    /// A call that ends while the window is shut left before that, and proves nothing.
    mutating func succeed(now: Int64) {
        if !isShut(at: now) { step = 0 }
    }

    private func first(_ pause: Int64) -> Int64 {
        switch window {
        case .minute: pause
        case .day: pause * 30
        }
    }

    private var longest: Int64 {
        switch window {
        case .minute: 60_000_000
        case .day: 3_600_000_000
        }
    }

    /// How far a Retry-After is believed: one that is out of all proportion would shut the app for good.
    private var longestSaid: Int64 {
        switch window {
        case .minute: 600_000_000
        case .day: 86_400_000_000
        }
    }
}
