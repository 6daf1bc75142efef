import Messaging
import SeededCases
import Testing

@testable import Delivery

/// Messages in doubt are looked for, and what is found is never wrong.
@Suite struct ReconcilerTests {
    private static let start: Int64 = 1_800_000_000_000_000
    private static let cases = 4000
    private static let lane = ReconcileLane(app: AppName("shop")!, conversation: "l")
    private static let anywhere = ReconcileLane(app: AppName("shop")!, conversation: nil)

    private static func id(_ number: Int) -> MessageID { MessageID(unixMilliseconds: 1, random: (1, UInt64(number))) }

    /// One message in doubt among others: gives what became of it, and what was found.
    private static func run(_ seed: UInt64) -> (wasSent: Bool, verdict: ReconcileVerdict?, isPlain: Bool) {
        var random = SplitMix64(seed: seed)
        var divar = DoubtfulDivar(random: random, offset: Int64(random.below(9_000_000)) - 4_500_000)
        let isPlain = random.chance(1, in: 3)
        var reconciler = Reconciler(settings: ReconcileSettings(), now: start - 600_000_000)
        let texts = isPlain ? ["a"] : ["a", "a", "b", "a\u{301}"]
        if isPlain || random.chance(3, in: 4) {
            divar.apply("old", at: start - 100_000_000, isFromBot: random.chance(1, in: 2))
        }
        // Others of ours, before and behind; some of them in doubt as well, applied late or never.
        for number in 1...(isPlain ? 1 : 4) where !isPlain {
            let time = start + Int64(random.below(200_000_000)) - 100_000_000
            let text = random.element(of: texts)
            // It may have gone to the user at the other side.
            let lane = random.chance(1, in: 3) ? anywhere : lane
            if time < start { reconciler.departing(id(number), lane: lane, text: text, now: time) }
            if random.chance(2, in: 3) {
                divar.apply(text, at: time + Int64(random.below(Int(DoubtfulDivar.settle))), isFromBot: true)
                if time >= start { reconciler.departing(id(number), lane: lane, text: text, now: time) }
            } else if time < start, random.chance(1, in: 2) {
                reconciler.returned(id(number), lane: lane)
            }
        }
        if random.chance(1, in: 2) { divar.apply("a", at: start + 1_000_000, isFromBot: false) }
        let ended = start + Int64(random.below(10_000_000))
        let wasSent = random.chance(1, in: 2)
        let isFromBot = isPlain || random.chance(3, in: 4)
        reconciler.departing(id(0), lane: lane, text: "a", now: start)
        if wasSent {
            divar.apply(
                "a", at: start + Int64(random.below(Int(ended - start + DoubtfulDivar.settle))), isFromBot: isFromBot)
        }
        let candidate = ReconcileCandidate(
            message: id(0), lane: lane, text: "a", isFromBot: isFromBot, began: start, ended: ended)
        guard reconciler.doubt(candidate) else { return (wasSent, nil, isPlain) }
        while let next = reconciler.nextEvent {
            guard let message = reconciler.advance(now: next) else { return (wasSent, nil, isPlain) }
            let isRead = isPlain || !random.chance(1, in: 8)
            let evidence = isRead ? divar.evidence(at: next) : nil
            if let verdict = reconciler.read(message, evidence, asked: next, now: next) {
                return (wasSent, verdict, isPlain)
            }
        }
        return (wasSent, nil, isPlain)
    }

    @Test func `no verdict is ever wrong, and every message gets one`() {
        var (found, plain, foundPlain) = (0, 0, 0)
        for number in 0..<Self.cases {
            let (wasSent, verdict, isPlain) = Self.run(SplitMix64.seed &+ UInt64(number))
            #expect(verdict != nil, "\(replay(number))")
            #expect(verdict != .sent || wasSent, "found, and it was not sent; \(replay(number))")
            #expect(verdict != .notSent || !wasSent, "not found, and it was sent; \(replay(number))")
            if verdict != .undecidable { found += 1 }
            if isPlain { plain += 1 }
            if isPlain, verdict != .undecidable { foundPlain += 1 }
        }
        // About a third of the clocks are too far off to say anything by.
        print("recall: \(found) of \(Self.cases) in all, \(foundPlain) of \(plain) without others of ours")
        #expect(foundPlain * 2 > plain)
    }

    /// A bot's message that may be the one that is looked for, and one that shows how far back the listing goes.
    private static func evidence(at time: Int64) -> ConversationEvidence {
        ConversationEvidence(
            messages: [
                .init(text: "t", sentAt: time, isFromBot: true), .init(text: "old", sentAt: 0, isFromBot: true),
            ],
            clockOffset: 0)
    }

    private static func candidate(began: Int64) -> ReconcileCandidate {
        ReconcileCandidate(
            message: id(0), lane: lane, text: "t", isFromBot: true, began: began, ended: began + 1_000_000)
    }

    @Test(arguments: [Self.lane, Self.anywhere])
    func `the same text on its way to the same person leaves it open`(lane: ReconcileLane) {
        var reconciler = Reconciler(settings: ReconcileSettings(), now: 0)
        let begin: Int64 = 1_000_000_000
        reconciler.departing(Self.id(1), lane: lane, text: "t", now: begin)
        _ = reconciler.doubt(Self.candidate(began: begin))
        let verdict = reconciler.advance(now: begin + 4_000_000).map {
            reconciler.read($0, Self.evidence(at: begin), asked: begin + 4_000_000, now: begin + 4_000_000)
        }
        #expect(verdict == .undecidable)
        // It isn't the other one where that was proven not to have been sent.
        var other = Reconciler(settings: ReconcileSettings(), now: 0)
        other.departing(Self.id(1), lane: lane, text: "t", now: begin)
        other.returned(Self.id(1), lane: lane)
        _ = other.doubt(Self.candidate(began: begin))
        let found = other.advance(now: begin + 4_000_000).map {
            other.read($0, Self.evidence(at: begin), asked: begin + 4_000_000, now: begin + 4_000_000)
        }
        #expect(found == .sent)
    }

    @Test func `a read that had to wait until rivals were forgotten says nothing`() {
        var reconciler = Reconciler(settings: ReconcileSettings(), now: 0)
        let begin: Int64 = 1_000_000_000
        reconciler.departing(Self.id(1), lane: Self.lane, text: "t", now: begin)
        _ = reconciler.doubt(Self.candidate(began: begin))
        let late = begin + 5 * ReconcileSettings().span
        reconciler.departing(Self.id(2), lane: Self.lane, text: "other", now: late)
        let verdict = reconciler.advance(now: late).map {
            reconciler.read($0, Self.evidence(at: begin), asked: late, now: late)
        }
        #expect(verdict == .undecidable)
    }

    private func finding(
        _ text: String?, at time: Int64?, bot: Bool?, offset: Int64? = 0, reachesBack: Bool = true
    ) -> ReconcileFinding {
        let candidate = ReconcileCandidate(
            message: Self.id(0), lane: Self.lane, text: "text", isFromBot: true, began: 100_000_000, ended: 101_000_000)
        var messages = [ConversationEvidence.Message(text: text, sentAt: time, isFromBot: bot)]
        if reachesBack { messages.append(.init(text: "x", sentAt: 1, isFromBot: true)) }
        return ReconcileRule.finding(
            on: candidate, in: ConversationEvidence(messages: messages, clockOffset: offset), settle: 60_000_000)
    }

    @Test func `a text of the bot's at its time is the message`() {
        #expect(finding("text", at: 100_500_000, bot: true) == .present)
        #expect(finding("text", at: 96_000_000, bot: true) == .present)
        #expect(finding("text", at: 165_000_000, bot: true) == .present)
    }

    @Test func `a text at another time is another message`() {
        #expect(finding("text", at: 94_999_999, bot: true) == .absent)
        #expect(finding("text", at: 166_000_001, bot: true) == .absent)
    }

    @Test func `what may be the message in other words leaves it unclear`() {
        #expect(finding("Text", at: 100_500_000, bot: true) == .unclear)
        #expect(finding(nil, at: 100_500_000, bot: true) == .unclear)
        #expect(finding("text", at: nil, bot: true) == .unclear)
        #expect(finding("text", at: 100_500_000, bot: nil) == .unclear)
    }

    @Test func `what a person wrote is not the bot's`() {
        #expect(finding("text", at: 100_500_000, bot: false) == .absent)
    }

    @Test func `a listing that doesn't reach back, or a clock that is off, says nothing by what it lacks`() {
        #expect(finding("y", at: 100_500_000, bot: false, reachesBack: false) == .unclear)
        #expect(finding("text", at: 100_500_000, bot: true, offset: 3_000_001) == .unclear)
        #expect(finding("text", at: 100_500_000, bot: true, offset: nil) == .unclear)
    }

    @Test func `more than can be looked for are told so at once`() {
        var settings = ReconcileSettings()
        settings.maximumCandidates = 2
        var reconciler = Reconciler(settings: settings, now: 0)
        for number in 0..<3 {
            let candidate = ReconcileCandidate(
                message: Self.id(number), lane: Self.lane, text: "t", isFromBot: true, began: 0, ended: 0)
            #expect(reconciler.doubt(candidate) == (number < 2))
        }
    }

    @Test func `one conversation is read at a time, and not too often`() {
        var reconciler = Reconciler(settings: ReconcileSettings(), now: 0)
        for number in 0..<3 {
            _ = reconciler.doubt(
                ReconcileCandidate(
                    message: Self.id(number), lane: Self.lane, text: "t", isFromBot: true, began: 0, ended: 0))
        }
        let first = reconciler.advance(now: 10_000_000)
        #expect(first != nil)
        #expect(reconciler.advance(now: 10_000_000) == nil)
        #expect(reconciler.nextEvent == nil)
        _ = first.map { reconciler.read($0, nil, asked: 10_000_000, now: 10_000_001) }
        #expect(reconciler.advance(now: 10_000_001) == nil)
        #expect(reconciler.nextEvent == 10_500_000)
    }
}
