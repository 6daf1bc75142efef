private import Synchronization

/// Counts the event loops that have answered.
final class LoopRollCall: Sendable {
    private let answers = Atomic<Int>(0)

    func answer() { answers.add(1, ordering: .relaxed) }

    var count: Int { answers.load(ordering: .relaxed) }
}
