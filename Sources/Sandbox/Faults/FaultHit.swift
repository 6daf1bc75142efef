/// The faults that hit one request.
struct FaultHit: Sendable {
    struct Latency: Sendable, Hashable {
        let milliseconds: Int
        let moment: FaultMoment
    }

    struct Answer: Sendable, Hashable {
        let fault: AnswerFault
        let moment: FaultMoment
    }

    var latency: Latency?
    var answer: Answer?
    /// The kinds' names, for the record.
    var names: [String] = []
}
