internal import Journal
internal import Messaging
internal import SeededCases

/// Drives an engine and the model with the same random operations, and compares all that can be seen of them.
///
/// The clock never goes back here; what an engine does then has promises of its own.
package final class StoreComparison {
    let gateway: SampleGateway
    let model: InMemoryUnderTest
    var random: SplitMix64
    let masters: [MasterKey]
    let keys: [ClaimName]
    /// Every message that there was, and the checkpoint that was pruned up to.
    var messages: [MessageID] = []
    var open: [MessageID] = []
    private var steps: [String] = []

    package init(_ engine: any StoreUnderTest, seed: UInt64) throws {
        gateway = try SampleGateway(engine, clock: SampleClock(seed: seed))
        model = InMemoryUnderTest(log: engine.log)
        random = SplitMix64(seed: seed)
        masters = try (1...3).map { try Samples.masterKey($0) }
        let gateway = gateway
        keys = try (0..<4).map { try Samples.claimName("key-\($0)") }
        gateway.sealer = ContentSealer(masterKeys: masters)
    }

    /// Throws where the two differ, with the operations that led there.
    package func run(operations: Int) throws {
        for _ in 0..<operations {
            gateway.clock.advance(by: .milliseconds(random.below(2000) + 1))
            do {
                steps.append("")
                try operate()
                try compare()
            } catch {
                throw ConformanceFailure("\(error)\nafter: " + steps.joined(separator: ", "))
            }
        }
        try gateway.sign()
        try gateway.verify()
    }

    func note(_ step: String) {
        steps[steps.count - 1] += step
    }

    /// Commits the same batch in both, once they are found to give the same to decide on.
    func commit(lookingUp names: [ClaimName] = [], _ fill: (inout BatchBuilder) throws -> Void) throws {
        var (batch, given): (JournalBatch?, [ClaimName: StoredClaim]) = (nil, [:])
        try gateway.store.commit(lookingUp: names) { head, claims in
            given = claims
            var builder = BatchBuilder(from: head, sources: gateway.clock.sources)
            try fill(&builder)
            batch = builder.batch
            return builder.batch
        }
        let same = try Expectation.some(batch, "what was committed")
        try model.store.commit(lookingUp: names) { _, claims in
            try Expectation.equal(given, claims, "what a commit is given")
            return same
        }
    }

    // MARK: Comparing

    private func compare() throws {
        let (store, model) = (gateway.store, model.store)
        try Expectation.equal(store.head(), model.head(), "the head")
        try Expectation.equal(store.lastCheckpoint(), model.lastCheckpoint(), "the last checkpoint")
        try Expectation.equal(store.openMessages(), model.openMessages(), "open messages")
        for name in keys {
            try Expectation.equal(store.claim(name), model.claim(name), "key \(name.key)")
        }
        for message in messages {
            try Expectation.equal(store.life(of: message), model.life(of: message), "a life")
        }
        try Expectation.equal(
            store.queue(after: nil, limit: 100), model.queue(after: nil, limit: 100), "the queue")
        try Expectation.equal(
            store.userTokens(after: nil, limit: 100), model.userTokens(after: nil, limit: 100), "users' tokens")
        try Expectation.equal(Set(store.uses(since: 0)), Set(model.uses(since: 0)), "the calls")
        let limit = 1 + random.below(9)
        let now = gateway.clock.nowMicroseconds
        let cut = UInt64(now / 1000) - UInt64(random.below(20_000))
        try Expectation.equal(
            store.unerased(before: cut, limit: limit), model.unerased(before: cut, limit: limit), "what can be erased")
        let (master, after) = (random.element(of: masters).id, messages.randomElement(using: &random))
        try Expectation.equal(
            store.wrapped(otherThan: master, after: after, limit: limit).map(Wrapped.init),
            model.wrapped(otherThan: master, after: after, limit: limit).map(Wrapped.init), "what is wrapped")
        let time = now - Int64(random.below(20_000_000))
        try Expectation.equal(store.prunable(before: time), model.prunable(before: time), "what can be pruned")
        try compareArchives(limit: limit)
    }

    private func compareArchives(limit: Int) throws {
        let (archive, model) = (try gateway.engine.archive(), model.archive())
        let start = try archive.start()
        try Expectation.equal(start, model.start(), "the start")
        try Expectation.equal(archive.lastNumber(), model.lastNumber(), "the last number")
        // What is below is on its way out.
        let numbers = start.size + 1...start.size + 10_000
        try Expectation.equal(
            archive.records(numbers, containing: nil), model.records(numbers, containing: nil), "the records")
        try Expectation.equal(
            archive.checkpoints().filter { $0.size >= start.size },
            model.checkpoints().filter { $0.size >= start.size },
            "the checkpoints")
        for selection in [.conversation("one"), .user("one"), .before(.max >> 16)] as [MessageSelection] {
            try Expectation.equal(
                archive.unerased(selection, limit: limit), model.unerased(selection, limit: limit), "\(selection)")
        }
    }

    private struct Wrapped: Equatable {
        let message: MessageID
        let sealed: SealedContent

        init(_ pair: (message: MessageID, sealed: SealedContent)) {
            (message, sealed) = pair
        }
    }
}
