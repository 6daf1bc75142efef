import Foundation
import Journal
import JournalConformance
import Messaging
import SeededCases
import Testing

/// That nothing of what was erased is left in the files of a journal, byte by byte.
@Suite struct ErasureTests {
    @Test func `nothing of one erased message is left`() throws {
        let engine = try SQLiteUnderTest()
        let gateway = try engine.sampleGateway(sealer: ContentSealer(masterKeys: [Samples.masterKey(1)]))
        let intents = try (0..<20).map { try gateway.intent("text \($0) of all") }
        for intent in intents { try gateway.open(intent) }
        for intent in intents { try gateway.close(intent.message) }
        let erased = try #require(intents[7].sealed)
        let content = try #require(erased.content)
        #expect(try engine.holds(content))
        #expect(try engine.holds(erased.key))
        try gateway.erase(intents[7].message)
        try engine.store.scrub()
        #expect(try !engine.holds(content))
        #expect(try !engine.holds(erased.key))
        #expect(try engine.holds(try #require(intents[8].sealed?.key)))
        #expect(try !engine.holds(Array("text 7 of all".utf8)), "a content lies open")
    }

    @Test(arguments: [ContentSize.none, .small, .large], 0..<3)
    func `nothing of many erased messages is left`(size: ContentSize, number: Int) throws {
        var random = SplitMix64(seed: SplitMix64.seed &+ UInt64(number))
        let engine = try SQLiteUnderTest()
        let gateway = try engine.sampleGateway(
            sealer: size == .none ? ContentSealer() : ContentSealer(masterKeys: [Samples.masterKey(1)]))
        var (all, open): ([IntentSubmission], [MessageID]) = ([], [])
        for _ in 0..<60 {
            // Batches as under load, with outcomes that come in any order.
            let intents = try (0..<16).map { _ in
                try gateway.intent(
                    String(repeating: "x", count: size.length(&random)),
                    to: String(repeating: "c", count: 1 + random.below(60)))
            }
            all += intents
            open = (open + intents.map(\.message)).shuffled(using: &random)
            let closed = open.prefix(open.count * 3 / 4)
            open.removeFirst(closed.count)
            try gateway.commit { builder in for intent in intents { builder.open(intent) } }
            try gateway.commit { builder in
                for message in closed {
                    SampleGateway.close(
                        message, in: &builder, answer: [UInt8](repeating: 1, count: random.below(100)))
                }
            }
        }
        for start in stride(from: 0, to: all.count, by: 256) {
            try gateway.commit { $0.batch.erased = all[start..<min(all.count, start + 256)].map(\.message) }
        }
        try engine.store.scrub()
        let left = try engine.found(of: all.compactMap(\.sealed).flatMap { [$0.key] + ($0.content.map { [$0] } ?? []) })
        #expect(
            left.isEmpty, "\(left.count) keys and contents of \(all.count) erased messages are left; \(replay(number))")
    }

    @Test func `nothing of an old key is left after a rewrapping`() throws {
        let engine = try SQLiteUnderTest()
        let keys = [try Samples.masterKey(1), try Samples.masterKey(2)]
        let gateway = try engine.sampleGateway(sealer: ContentSealer(masterKeys: [keys[0]]))
        let intents = try (0..<50).map { try gateway.intent("text \($0)") }
        for intent in intents { try gateway.open(intent) }
        let sealer = ContentSealer(masterKeys: [keys[1], keys[0]])
        var rewrapped: [MessageID: SealedContent] = [:]
        for intent in intents {
            rewrapped[intent.message] = try sealer.rewrapped(try #require(intent.sealed), of: intent.message)
        }
        try gateway.commit { $0.batch.rewrapped = rewrapped }
        try engine.store.scrub()
        #expect(try engine.found(of: intents.compactMap { $0.sealed?.key }) == [])
        #expect(try engine.found(of: rewrapped.values.map(\.key)).count == 50)
    }

    @Test(arguments: [5, 256])
    func `nothing of pruned messages and records is left after a sweep`(limit: Int) throws {
        var random = SplitMix64()
        let engine = try SQLiteUnderTest()
        let gateway = try engine.sampleGateway()
        let intents = try (0..<400).map { number in
            try gateway.intent(
                "text", to: "\(100_000 + number)-conversation" + String(repeating: "c", count: random.below(40)))
        }
        for (number, intent) in intents.enumerated() {
            try gateway.open(intent)
            try gateway.close(intent.message, answer: [UInt8](repeating: 1, count: random.below(100)))
            if number.isMultiple(of: 50) { try gateway.sign() }
        }
        // The last quarter stays.
        let rest = try gateway.sign()
        for _ in 0..<100 { try gateway.close(gateway.send("text", to: "kept").message) }
        try gateway.prune(rest)
        try gateway.sweep(limit: limit)
        try engine.store.scrub()
        #expect(try engine.found(of: intents.compactMap { $0.sealed?.key }) == [])
        let names = intents.indices.map { Array("\(100_000 + $0)-conversation".utf8) }
        let left = try engine.found(of: names).map { String(decoding: $0, as: UTF8.self) }
        #expect(left.isEmpty, "\(left.count) conversations of 400 are left")
    }

    @Test func `a scrub that a reader stands in the way of says so`() throws {
        let engine = try SQLiteUnderTest()
        let gateway = try engine.sampleGateway()
        let intent = try gateway.intent()
        try gateway.open(intent)
        try engine.beingRead {
            try gateway.erase(intent.message)
            // Either it fails, or nothing is left.
            do {
                try engine.store.scrub()
                #expect(
                    try !engine.holds(try #require(intent.sealed?.key)), "what was erased is left, and nothing says so")
            } catch let error as JournalStoreError {
                #expect(error.kind == .locked)
            }
        }
        try engine.store.scrub()
        #expect(try !engine.holds(try #require(intent.sealed?.key)))
    }

    @Test(arguments: 0..<3)
    func `nothing that opens removed or replaced tokens of users is left`(number: Int) throws {
        var random = SplitMix64(seed: SplitMix64.seed &+ UInt64(number))
        let engine = try SQLiteUnderTest()
        let gateway = try engine.sampleGateway()
        let sealer = try #require(UserTokenSealer(masterKeys: [try Samples.masterKey(1)]))
        var (kept, gone): ([AppUser: StoredUserTokens], [[UInt8]]) = ([:], [])
        for _ in 0..<300 {
            let user = AppUser(
                app: try #require(AppName("a")), name: try #require(UserName("user-\(random.below(60))")))
            if let old = kept.removeValue(forKey: user) { gone.append(old.key) }
            var change = StoredTokensChange.remove(user)
            if random.chance(2, in: 3) {
                let tokens = try sealer.seal([UInt8](repeating: 7, count: random.below(5000)), of: user)
                kept[user] = tokens
                change = .keep(tokens)
            }
            try gateway.commit { $0.batch.userTokens = [change] }
        }
        try engine.store.scrub()
        let left = try engine.found(of: gone)
        #expect(left.isEmpty, "\(left.count) of \(gone.count) keys are left; \(replay(number))")
        #expect(try engine.found(of: kept.values.map(\.key)).count == kept.count)
        #expect(try !engine.holds([UInt8](repeating: 7, count: 16)), "tokens lie open")
    }

    enum ContentSize: String, CustomTestStringConvertible {
        /// Keys lie open, and no content is kept.
        case none, small, large

        var testDescription: String { rawValue }

        func length(_ random: inout SplitMix64) -> Int {
            switch self {
            case .none: 1
            case .small: random.below(300)
            // Beyond what fits into a page.
            case .large: random.chance(1, in: 4) ? random.below(12_000) : random.below(2000)
            }
        }
    }
}
