/// How many calls ended of late, and how many of them failed. Counts in steps of a tenth of its length, so that it
/// takes the same memory for any traffic.
struct OutcomeWindow: Sendable {
    private static let steps = 10

    private struct Step {
        var ended = 0
        var failed = 0
    }

    let length: Int64
    private(set) var ended = 0
    private(set) var failed = 0
    private var steps = [Step](repeating: Step(), count: OutcomeWindow.steps)
    /// The number of the step that is being counted.
    private var current: Int64 = 0
    /// When counting began.
    private var since: Int64?

    init(length: Int64) {
        self.length = max(length, Int64(OutcomeWindow.steps))
    }

    mutating func note(isFailure: Bool, now: Int64) {
        roll(now: now)
        if since == nil { since = now }
        let place = place(of: current)
        steps[place].ended += 1
        ended += 1
        guard isFailure else { return }
        steps[place].failed += 1
        failed += 1
    }

    /// Forgets what is too old.
    mutating func roll(now: Int64) {
        let number = now / (length / Int64(OutcomeWindow.steps))
        guard number > current else { return }
        for passed in 1...min(number - current, Int64(OutcomeWindow.steps)) {
            let place = place(of: current + passed)
            ended -= steps[place].ended
            failed -= steps[place].failed
            steps[place] = Step()
        }
        current = number
    }

    /// How long it would take for so many calls to end well. Nil where none did of late.
    func time(for count: Int, now: Int64) -> Int64? {
        guard ended > failed, let since else { return nil }
        return Int64(count) * min(length, now - since) / Int64(ended - failed)
    }

    private func place(of number: Int64) -> Int { Int(number % Int64(OutcomeWindow.steps)) }
}
