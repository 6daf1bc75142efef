private import Synchronization

/// What is found out about a call on its way, for metrics and the log: nothing of what it says, and nothing that is
/// secret. Noted where it is learned, read once at the end.
package final class CallNotes: Sendable {
    package struct Facts: Sendable, Hashable {
        /// Nil where nobody knows who called.
        package var caller: CallerName?
        /// Of a message: what became of it.
        package var outcome: Outcome?
        /// Whether a message was put into the queue.
        package var isQueued = false
        /// Why the call could not be served.
        package var problem: ProblemKind?
        package var message: MessageID?
        /// Which of Divar's endpoints had the last word.
        package var endpoint: EndpointName?
        package var attempts: Int?
        /// How a read was answered, in one word.
        package var cache: String?
        /// How long Divar was waited for, in microseconds.
        package var divarMicroseconds: Int64 = 0
        package var trace: TraceContext?
    }

    /// Which request of all it is; in log lines it is `request_id`.
    package let request: UInt64
    private let state: Mutex<Facts>

    package init(request: UInt64 = 0) {
        self.request = request
        state = Mutex(Facts())
    }

    package var facts: Facts { state.withLock { $0 } }

    /// 16 lower-case hexadecimal digits.
    package var requestID: String { Hexadecimal.text(request) }

    package func note(_ change: (inout Facts) -> Void) {
        state.withLock { change(&$0) }
    }

    package func note(_ problem: Problem) {
        note { facts in
            facts.problem = problem.kind
            facts.outcome = problem.outcome
            facts.message = problem.messageID ?? facts.message
            facts.endpoint = problem.endpoint ?? facts.endpoint
            facts.attempts = problem.attempts ?? facts.attempts
        }
    }

    package func waitedForDivar(microseconds: Int64) {
        note { $0.divarMicroseconds += max(0, microseconds) }
    }
}
