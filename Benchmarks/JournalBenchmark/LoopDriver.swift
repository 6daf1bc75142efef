internal import Journal
internal import Messaging
internal import NIOCore
private import Synchronization

/// Sends on one event loop, a number of them at a time, to an upstream that answers at once: intent, outcome, next.
final class LoopDriver: JournalClient {
    private final class State {
        var completions: [UInt64: (JournalResult) -> Void] = [:]
        var nextTicket: UInt64 = 0
    }

    private let writer: JournalWriter
    private let eventLoop: any EventLoop
    private let state: NIOLoopBound<State>
    private let sealer = ContentSealer()
    private let sent = Atomic<Int>(0)
    private let isStopping = Atomic<Bool>(false)

    /// Called on the loop.
    init(writer: JournalWriter, eventLoop: any EventLoop) {
        self.writer = writer
        self.eventLoop = eventLoop
        state = NIOLoopBound(State(), eventLoop: eventLoop)
    }

    /// Sends whose outcomes are on disk.
    var count: Int { sent.load(ordering: .relaxed) }

    func start(inFlight: Int) {
        for _ in 0..<inFlight { send() }
    }

    func stop() {
        isStopping.store(true, ordering: .relaxed)
    }

    func deliver(_ results: [(ticket: UInt64, result: JournalResult)]) {
        eventLoop.execute {
            for (ticket, result) in results {
                self.state.value.completions.removeValue(forKey: ticket)?(result)
            }
        }
    }

    private func send() {
        guard !isStopping.load(ordering: .relaxed) else { return }
        let message = MessageID(
            unixMilliseconds: SampleRecord.unixMilliseconds(),
            random: (.random(in: .min ... .max), .random(in: .min ... .max))
        )
        guard
            let intent = try? IntentSubmission(
                message: message, record: SampleRecord.intent, draft: SampleRecord.draft, sealer: sealer, claim: nil
            )
        else { return }
        submit(.intent(intent)) { _ in
            self.submit(.outcome(SampleRecord.outcome, of: message, answer: nil)) { result in
                if case .committed = result { self.sent.add(1, ordering: .relaxed) }
                self.send()
            }
        }
    }

    private func submit(_ submission: Submission, completion: @escaping (JournalResult) -> Void) {
        let state = state.value
        state.nextTicket += 1
        state.completions[state.nextTicket] = completion
        _ = writer.submit(submission, ticket: state.nextTicket, for: self)
    }
}
