private import Dispatch
private import Synchronization

/// The queue in front of the journal's thread: any thread posts without waiting, that one takes.
///
/// Outcomes and steps always find room, since there are no more of them than messages that were let in. Intents are
/// refused when the queue is full, and notes when it is half full.
final class JournalMailbox: Sendable {
    private struct State {
        var letters: [JournalLetter] = []
        var lost = 0
        var isClosed = false
        var isEnded = false
        var whenEnded: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    private let arrival = DispatchSemaphore(value: 0)
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// Gives false where there is no room, or the journal is closed.
    func post(_ letter: JournalLetter) -> Bool {
        let (isTaken, wasEmpty) = state.withLock { state -> (Bool, Bool) in
            let isFull =
                switch letter.submission {
                case .intent, .lookUp, .question, .queued, .queue, .userTokens: state.letters.count >= capacity
                case .note, .reconciliation: state.letters.count >= capacity / 2
                case .outcome, .step: false
                }
            guard !state.isClosed, !isFull else {
                if case .note = letter.submission { state.lost += 1 }
                return (false, false)
            }
            state.letters.append(letter)
            return (true, state.letters.count == 1)
        }
        if wasEmpty { arrival.signal() }
        return isTaken
    }

    /// How many wait.
    var count: Int { state.withLock { $0.letters.count } }

    /// No letter is taken any more; those that are there still are read.
    ///
    /// - Parameter ended: called once they are, on the journal's thread; at once where they were before.
    func close(ended: @escaping @Sendable () -> Void) {
        let isEnded = state.withLock { state in
            state.isClosed = true
            if !state.isEnded { state.whenEnded.append(ended) }
            return state.isEnded
        }
        arrival.signal()
        if isEnded { ended() }
    }

    /// Called by the journal's thread at its end.
    func end() {
        let waiting = state.withLock { state in
            state.isEnded = true
            defer { state.whenEnded = [] }
            return state.whenEnded
        }
        for ended in waiting { ended() }
    }

    /// Waits for letters, as long as that. Called on the journal's thread only.
    func take(_ count: Int, waiting wait: Duration) -> (letters: [JournalLetter], isClosed: Bool) {
        let first = takeNow(count)
        if !first.letters.isEmpty || first.isClosed { return first }
        _ = arrival.wait(timeout: .now() + .microseconds(Int(wait / .microseconds(1))))
        return takeNow(count)
    }

    func countLost() {
        state.withLock { $0.lost += 1 }
    }

    /// How many notes found no room since this was last asked.
    func takeLost() -> Int {
        state.withLock { state in
            defer { state.lost = 0 }
            return state.lost
        }
    }

    private func takeNow(_ count: Int) -> (letters: [JournalLetter], isClosed: Bool) {
        state.withLock { state in
            var letters: [JournalLetter] = []
            swap(&letters, &state.letters)
            if letters.count > count {
                state.letters = Array(letters[count...])
                letters.removeLast(letters.count - count)
            }
            return (letters, state.isClosed && letters.isEmpty)
        }
    }
}
