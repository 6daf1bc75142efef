internal import Journal
internal import Messaging

/// Where the log may begin anew, and how it goes on from there.
enum PruningPromises {
    static let all = [
        StorePromise("what can be pruned ends at the largest checkpoint before the time", prunableBeforeATime),
        StorePromise("what can be pruned covers no open message", prunableBelowTheOpen),
        StorePromise("what can be pruned is the largest even where the clock was set back", prunableAfterSettingBack),
        StorePromise("what was pruned can't be pruned again", prunableOnce),
        StorePromise("a pruned log begins at its checkpoint, and its head stays", thePrunedStart),
        StorePromise("a pruned log goes on, and verifies at every step", aPrunedLogGoesOn),
        StorePromise("a log that is pruned up to its end goes on after reopening", prunedUpToTheEnd),
    ]

    private static func prunableBeforeATime(_ gateway: SampleGateway) throws {
        var checkpoints: [StoredCheckpoint] = []
        for _ in 0..<4 {
            let message = try gateway.send().message
            try gateway.close(message)
            gateway.clock.advance(by: .seconds(1))
            checkpoints.append(try gateway.sign())
        }
        let store = gateway.store
        try Expectation.equal(store.prunable(before: checkpoints[0].at), nil, "before the first")
        for (number, checkpoint) in checkpoints.enumerated() {
            try Expectation.equal(store.prunable(before: checkpoint.at + 1), checkpoint, "behind checkpoint \(number)")
            let next = number < 3 ? checkpoints[number + 1].at : .max
            try Expectation.equal(store.prunable(before: next), checkpoint, "long behind checkpoint \(number)")
        }
    }

    private static func prunableBelowTheOpen(_ gateway: SampleGateway) throws {
        var (messages, checkpoints): ([MessageID], [StoredCheckpoint]) = ([], [])
        for _ in 0..<4 {
            messages.append(try gateway.send().message)
            checkpoints.append(try gateway.sign())
        }
        try Expectation.equal(gateway.store.prunable(before: .max), nil, "with all open")
        try gateway.close(messages[1])
        try Expectation.equal(gateway.store.prunable(before: .max), nil, "with the first open")
        try gateway.close(messages[0])
        try Expectation.equal(gateway.store.prunable(before: .max), checkpoints[1], "with the third open")
        try gateway.close(messages[3])
        try Expectation.equal(gateway.store.prunable(before: .max), checkpoints[1], "with only the third open")
        try gateway.engine.reopen()
        try Expectation.equal(gateway.store.prunable(before: .max), checkpoints[1], "after reopening")
        try gateway.close(messages[2])
        try Expectation.equal(gateway.store.prunable(before: .max), checkpoints[3], "with none open")
    }

    private static func prunableAfterSettingBack(_ gateway: SampleGateway) throws {
        try gateway.note(2)
        let first = try gateway.sign()
        gateway.clock.advance(by: .seconds(-3600))
        try gateway.note(2)
        let second = try gateway.sign()
        try Expectation.holds(second.at < first.at, "the clock was not set back")
        try Expectation.equal(gateway.store.prunable(before: first.at + 1), second, "the largest before the time")
    }

    private static func prunableOnce(_ gateway: SampleGateway) throws {
        try gateway.note(3)
        let first = try gateway.sign()
        try gateway.prune(first)
        try Expectation.equal(gateway.store.prunable(before: .max), nil, "behind the first pruning")
        let second = try gateway.sign()
        try Expectation.equal(gateway.store.prunable(before: .max), second, "behind the second checkpoint")
        try gateway.sweep()
        try Expectation.equal(gateway.store.prunable(before: .max), second, "behind a sweep")
    }

    private static func thePrunedStart(_ gateway: SampleGateway) throws {
        try gateway.note(5)
        try gateway.sign()
        try gateway.note(6)
        let checkpoint = try gateway.sign()
        try gateway.note(2)
        let head = try gateway.store.head()
        try gateway.prune(checkpoint)
        for step in 0..<3 {
            if step == 1 { try gateway.engine.reopen() }
            if step == 2 { try gateway.sweep() }
            let archive = try gateway.engine.archive()
            try Expectation.equal(archive.start(), try Expectation.some(checkpoint.head, "its head"), "the start")
            try Expectation.equal(archive.lastNumber(), head.size + 1, "the last number")
            try Expectation.equal(gateway.store.head().size, head.size + 1, "the size")
            try Expectation.equal(gateway.store.lastCheckpoint(), checkpoint, "the last checkpoint")
        }
        try gateway.sign()
        try gateway.verify()
    }

    private static func aPrunedLogGoesOn(_ gateway: SampleGateway) throws {
        for round in 0..<5 {
            let message = try gateway.send("round \(round)").message
            try gateway.note(round)
            try gateway.close(message)
            let checkpoint = try gateway.sign()
            let rest = try gateway.send().message
            try gateway.prune(checkpoint)
            // Only a signed word about the pruning counts.
            try gateway.sign()
            try gateway.verify()
            if round.isMultiple(of: 2) { try gateway.sweep(limit: 2) }
            try gateway.verify()
            try gateway.close(rest)
            try gateway.engine.reopen()
            try gateway.verify()
        }
        try gateway.sign()
        try gateway.sweep(limit: 1)
        try gateway.verify()
    }

    private static func prunedUpToTheEnd(_ gateway: SampleGateway) throws {
        try gateway.note(6)
        let checkpoint = try gateway.sign()
        // Without a record of it, so that there is nothing behind.
        try gateway.commit { $0.batch.pruned = checkpoint }
        let head = try gateway.store.head()
        for step in 0..<3 {
            if step == 1 { try gateway.sweep() }
            if step == 2 { try gateway.engine.reopen() }
            try Expectation.equal(gateway.store.head(), head, "the head at step \(step)")
            try Expectation.equal(gateway.engine.archive().lastNumber(), 6, "the last number at step \(step)")
        }
        try gateway.prune(checkpoint)
        try gateway.sign()
        try Expectation.equal(gateway.store.head().size, 7, "the size")
        try gateway.verify()
    }
}
