import DivarAPI
import Delivery
import Messaging
import SeededCases
import StrictJSON

/// A Divar that cuts, delays, refuses and loses answers, and knows for certain what was delivered.
final class SimulatedDivar {
    struct Delivery {
        let message: String
        let conversation: String
        let time: Int64
    }

    /// How it treats a request.
    private enum Mood {
        case good, slow, cutBefore, cutAfter, pageBefore, pageAfter, silentBefore, silentAfter, limited, gone, failed,
            refusing
    }

    private let schedule: Schedule
    private var random: SplitMix64
    private(set) var ledger: [Delivery] = []
    /// Requests that came in each of its windows.
    private(set) var counts: [Int64: Int] = [:]
    private(set) var isOverrun = false
    let perMinute: Int
    /// Where its minutes begin.
    private let phase: Int64
    private let moods: [Mood]
    private let isReliable: () -> Bool
    /// Endpoints that are gone now.
    var gone: Set<EndpointName> = []

    init(schedule: Schedule, seed: UInt64, perMinute: Int, isReliable: @escaping () -> Bool) {
        self.schedule = schedule
        random = SplitMix64(seed: seed)
        self.perMinute = perMinute
        self.isReliable = isReliable
        phase = Int64(random.below(60_000_000))
        let all: [Mood] = [
            .slow, .cutBefore, .cutAfter, .pageBefore, .pageAfter, .silentBefore, .silentAfter, .limited, .gone,
            .failed,
            .refusing,
        ]
        var moods = [Mood](repeating: .good, count: 1 + random.below(8))
        for _ in 0..<random.below(6) { moods.append(random.element(of: all)) }
        self.moods = moods
    }

    /// A connection is made, or isn't.
    var isReachable: Bool { isReliable() || !random.chance(1, in: 12) }

    /// A request that left; the answer comes when Divar likes.
    func receive(
        message: String?, conversation: String, endpoint: EndpointName, answer: @escaping (AttemptResult) -> Void
    ) {
        let mood = isReliable() ? .good : random.element(of: moods)
        let delay = Int64(1000 + random.below(50_000)) + (mood == .slow ? Int64(random.below(4_000_000)) : 0)
        let back = Int64(1000 + random.below(20_000))
        schedule.after(delay) { [self] in
            if mood == .cutBefore {
                return schedule.after(back) { answer(.failed(AttemptFailure(.closed, requestStarted: true))) }
            }
            let window = (schedule.now + phase) / 60_000_000
            counts[window, default: 0] += 1
            if counts[window, default: 0] > perMinute { isOverrun = true }
            let result = serve(mood, message: message, conversation: conversation, endpoint: endpoint)
            guard let result else { return }
            schedule.after(back) { answer(result) }
        }
    }

    private func serve(_ mood: Mood, message: String?, conversation: String, endpoint: EndpointName) -> AttemptResult? {
        if gone.contains(endpoint) || mood == .gone { return SimulatedDivar.refusal(404, 5, "Not Found") }
        switch mood {
        case .limited: return SimulatedDivar.refusal(429, 8, "minute limit", after: random.chance(1, in: 2) ? 2 : nil)
        case .refusing: return SimulatedDivar.refusal(412, 9, "blocked")
        case .pageBefore: return .answered(.unintelligible(status: 502, reason: "a page"), retryAfterSeconds: nil)
        case .silentBefore: return nil
        default: break
        }
        if let message { ledger.append(Delivery(message: message, conversation: conversation, time: schedule.now)) }
        switch mood {
        case .cutAfter: return .failed(AttemptFailure(.closed, requestStarted: true))
        case .pageAfter: return .answered(.unintelligible(status: 502, reason: "a page"), retryAfterSeconds: nil)
        case .silentAfter: return nil
        case .failed: return SimulatedDivar.refusal(500, 13, "internal")
        default: break
        }
        if message != nil { return .answered(.sent(conversation: conversation), retryAfterSeconds: nil) }
        let shown = ledger.filter { $0.conversation == conversation }.map(\.message)
        let told = Conversation(id: conversation, type: nil, postToken: nil, messages: shown.map { .string($0) })
        return .answered(.conversation(told), retryAfterSeconds: nil)
    }

    private static func refusal(_ status: Int, _ code: Int, _ words: String, after: Int? = nil) -> AttemptResult {
        .answered(.refused(DivarComplaint(status: status, code: code, message: words)), retryAfterSeconds: after)
    }
}
