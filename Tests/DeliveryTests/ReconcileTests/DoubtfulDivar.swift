import Messaging
import SeededCases

@testable import Delivery

/// A conversation at a Divar that applies messages late or never, with people and others of the bot's messages in it.
struct DoubtfulDivar {
    static let settle: Int64 = 60_000_000

    var random: SplitMix64
    /// By how much its clock is ahead.
    let offset: Int64
    private var messages: [(text: String, at: Int64, isFromBot: Bool)] = []

    init(random: SplitMix64, offset: Int64) {
        (self.random, self.offset) = (random, offset)
    }

    mutating func apply(_ text: String, at time: Int64, isFromBot: Bool) {
        messages.append((text, time, isFromBot))
    }

    func evidence(at now: Int64) -> ConversationEvidence {
        ConversationEvidence(
            messages: messages.filter { $0.at <= now }.sorted { $0.at < $1.at }.map { message in
                ConversationEvidence.Message(
                    text: message.text, sentAt: message.at, isFromBot: message.isFromBot)
            },
            clockOffset: offset
        )
    }
}
