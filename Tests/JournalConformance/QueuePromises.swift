internal import Journal
internal import Messaging

/// The queue of messages that wait to be sent, reconciliations, and what the records tell of calls.
enum QueuePromises {
    static let all = [
        StorePromise("a queued message is there with its intent, and survives reopening", queuedMessagesSurvive),
        StorePromise("a change of what is not in the queue does nothing", strayChanges),
        StorePromise("a message is taken once, with all that is committed with it", takenOnce),
        StorePromise("the queue is given by pages, in the order of ids, without payloads", pages),
        StorePromise("a failed message leaves the queue when it is erased or kept long enough", failedOnes),
        StorePromise("a waiting message that is erased stays in the queue", waitingOnes),
        StorePromise("what failed is left out of a page where that is asked", unfailedPages),
        StorePromise("a message that was erased while it waited leaves the queue when it fails", erasedBefore),
        StorePromise("attempts of what waits, and of what waited long, are counted", usesOfTheQueue),
        StorePromise("a life has the reconciliation", reconciliations),
        StorePromise("calls are counted by app, caller and minute, with all attempts", uses),
    ]

    private static func queued(_ message: MessageID, lane: String = "a/c", expires: Int64 = 9) throws -> QueuedMessage {
        QueuedMessage(
            message: message, app: try Expectation.some(AppName("a"), "an app"), caller: .local, lane: lane,
            payload: [1, 2, 255, 0], expires: expires, retryAt: 5
        )
    }

    private static func put(_ gateway: SampleGateway, expires: Int64 = 9) throws -> QueuedMessage {
        let intent = try gateway.intent()
        let queued = try queued(intent.message, expires: expires)
        try gateway.commit { builder in
            builder.open(intent)
            builder.batch.queue.append(.add(queued))
        }
        return queued
    }

    private static func queuedMessagesSurvive(_ gateway: SampleGateway) throws {
        var queued = try put(gateway)
        let message = queued.message
        try Expectation.equal(gateway.store.queued(message), queued, "what was queued")
        try gateway.commit {
            $0.batch.queue = [.update(message, state: .attempting, attempts: 3, expires: 70, retryAt: 60)]
        }
        (queued.state, queued.attempts, queued.expires, queued.retryAt) = (.attempting, 3, 70, 60)
        try gateway.engine.reopen()
        try Expectation.equal(gateway.store.queued(message), queued, "what was changed")
        let state = try gateway.life(message).queue
        try Expectation.equal(state, QueueState(state: .attempting, attempts: 3, expires: 70), "its state")
        try gateway.commit { $0.batch.queue = [.remove(message)] }
        try Expectation.equal(gateway.store.queued(message), nil, "what was removed")
        try Expectation.equal(gateway.life(message).queue, nil, "the state of what was removed")
    }

    private static func strayChanges(_ gateway: SampleGateway) throws {
        let message = try gateway.send().message
        try gateway.commit {
            $0.batch.queue = [
                .update(message, state: .failed, attempts: 1, expires: 1, retryAt: 1), .remove(message),
            ]
        }
        try Expectation.equal(gateway.store.queue(after: nil, limit: 9), [], "the queue")
    }

    private static func takenOnce(_ gateway: SampleGateway) throws {
        let (first, second) = (try put(gateway), try put(gateway))
        try gateway.commit { $0.batch.queue = [.take(first.message)] }
        let head = try gateway.store.head()
        do {
            try gateway.commit { builder in
                builder.append(RecordDraft(.read))
                builder.batch.queue = [.remove(second.message), .take(first.message)]
            }
            throw ConformanceFailure("a message was taken twice")
        } catch is JournalStoreError {}
        try Expectation.equal(gateway.store.head(), head, "the head")
        try Expectation.equal(gateway.store.queued(second.message), second, "the other message")
    }

    private static func pages(_ gateway: SampleGateway) throws {
        var all: [QueuedMessage] = []
        for _ in 0..<5 {
            var queued = try put(gateway)
            queued.payload = []
            all.append(queued)
        }
        try Expectation.equal(gateway.store.queue(after: nil, limit: 2), Array(all[..<2]), "the first page")
        try Expectation.equal(gateway.store.queue(after: all[1].message, limit: 9), Array(all[2...]), "the rest")
        try Expectation.equal(gateway.store.queue(after: all[4].message, limit: 9), [], "behind the last")
    }

    private static func failedOnes(_ gateway: SampleGateway) throws {
        let now = gateway.clock.nowMicroseconds
        let (erased, old, kept) = (try put(gateway), try put(gateway), try put(gateway))
        try gateway.commit { builder in
            for (queued, expires) in [(erased, Int64.max), (old, now - 1), (kept, now + 3_600_000_000)] {
                SampleGateway.close(queued.message, in: &builder, as: .notSent)
                builder.batch.queue.append(
                    .update(queued.message, state: .failed, attempts: 1, expires: expires, retryAt: 0))
            }
        }
        try gateway.erase(erased.message)
        try gateway.sweep()
        try Expectation.equal(
            gateway.store.queue(after: nil, limit: 9).map(\.message), [kept.message], "what is left")
    }

    private static func waitingOnes(_ gateway: SampleGateway) throws {
        let queued = try put(gateway, expires: 1)
        try gateway.erase(queued.message)
        try gateway.sweep()
        try Expectation.equal(gateway.store.queued(queued.message), queued, "what waits")
    }

    private static func unfailedPages(_ gateway: SampleGateway) throws {
        let all = try (0..<3).map { _ in try put(gateway) }
        try gateway.commit { builder in
            SampleGateway.close(all[1].message, in: &builder, as: .notSent)
            builder.batch.queue.append(
                .update(all[1].message, state: .failed, attempts: 1, expires: .max, retryAt: 0))
            builder.batch.queue.append(
                .update(all[2].message, state: .attempting, attempts: 1, expires: 9, retryAt: 0))
        }
        let page = try gateway.store.queue(after: nil, limit: 9, withFailed: false)
        try Expectation.equal(page.map(\.message), [all[0].message, all[2].message], "what didn't fail")
        try Expectation.equal(page.map(\.payload), [[], []], "payloads")
        let next = try gateway.store.queue(after: all[0].message, limit: 1, withFailed: false)
        try Expectation.equal(next.map(\.message), [all[2].message], "the next page")
    }

    private static func erasedBefore(_ gateway: SampleGateway) throws {
        let (erased, kept) = (try put(gateway), try put(gateway))
        try gateway.erase(erased.message)
        try gateway.commit { builder in
            for queued in [erased, kept] {
                SampleGateway.close(queued.message, in: &builder, as: .notSent)
                builder.batch.queue.append(
                    .update(queued.message, state: .failed, attempts: 1, expires: .max, retryAt: 0))
            }
        }
        try Expectation.equal(gateway.store.queued(erased.message), nil, "what was erased")
        try Expectation.equal(gateway.store.queued(kept.message)?.state, .failed, "what wasn't")
    }

    private static func reconciliations(_ gateway: SampleGateway) throws {
        let message = try gateway.send().message
        try gateway.close(message, as: .unknown)
        try Expectation.equal(gateway.life(message).report.reconciled, nil, "what nobody looked at")
        try gateway.commit { builder in
            var draft = RecordDraft(.reconciliation)
            draft.message = message
            draft.reconciled = "sent"
            builder.batch.reconciled[message] = builder.append(draft)
        }
        try gateway.engine.reopen()
        try Expectation.equal(gateway.life(message).report.reconciled, "sent", "the reconciliation")
        try Expectation.equal(gateway.life(message).report.outcome, .unknown, "the outcome")
    }

    private static func uses(_ gateway: SampleGateway) throws {
        let app = try Expectation.some(AppName("a"), "an app")
        for attempts in [nil, 1, 3] {
            var record = RecordDraft(.intent)
            (record.caller, record.app) = (.local, app)
            gateway.clock.advance(by: .milliseconds(1))
            let intent = IntentSubmission(message: gateway.clock.makeID(), record: record)
            try gateway.open(intent)
            guard let attempts else { continue }
            try gateway.commit { builder in
                var outcome = SampleGateway.outcome()
                (outcome.message, outcome.attempts) = (intent.message, attempts)
                builder.batch.closed = [ClosedMessage(message: intent.message, outcome: builder.append(outcome))]
            }
        }
        for (attempts, reason) in [(2, nil), (nil, "cached")] as [(Int?, String?)] {
            try gateway.commit { builder in
                var read = RecordDraft(.read)
                (read.caller, read.app, read.attempts, read.reason) = (.local, app, attempts, reason)
                builder.append(read)
            }
        }
        let uses = try gateway.store.uses(since: 0)
        try Expectation.equal(uses.reduce(0) { $0 + $1.count }, 7, "the calls")
        try Expectation.holds(uses.allSatisfy { $0.app == app && $0.caller == .local }, "a name is wrong")
        let now = gateway.clock.nowMicroseconds
        try Expectation.holds(
            uses.allSatisfy { $0.endedBefore > now - 61_000_000 && $0.endedBefore <= now + 60_000_000 },
            "a time is wrong: \(uses.map(\.endedBefore)), now \(now)")
        try gateway.engine.reopen()
        let again = try gateway.store.uses(since: 0)
        try Expectation.equal(Set(again), Set(uses), "the calls after reopening")
    }

    private static func usesOfTheQueue(_ gateway: SampleGateway) throws {
        var waiting: [QueuedMessage] = []
        for _ in 0..<3 {
            var record = RecordDraft(.intent)
            (record.caller, record.app) = (.local, AppName("a"))
            gateway.clock.advance(by: .milliseconds(1))
            let intent = IntentSubmission(message: gateway.clock.makeID(), record: record)
            let queued = try queued(intent.message)
            try gateway.commit { builder in
                builder.open(intent)
                builder.batch.queue.append(.add(queued))
            }
            waiting.append(queued)
        }
        let (deferred, attempting, ended) = (waiting[0], waiting[1], waiting[2])
        let accepted = gateway.clock.nowMicroseconds
        gateway.clock.advance(by: .seconds(3600))
        let now = gateway.clock.nowMicroseconds
        try gateway.commit { builder in
            builder.batch.queue = [
                .update(deferred.message, state: .waiting, attempts: 2, expires: .max, retryAt: now),
                .update(attempting.message, state: .attempting, attempts: 0, expires: .max, retryAt: 0),
                .remove(ended.message),
            ]
            var outcome = SampleGateway.outcome()
            (outcome.message, outcome.attempts) = (ended.message, 4)
            builder.batch.closed = [ClosedMessage(message: ended.message, outcome: builder.append(outcome))]
        }
        // All of these were accepted long before, and made since.
        let uses = try gateway.store.uses(since: accepted + 1_800_000_000)
        try Expectation.equal(uses.reduce(0) { $0 + $1.count }, 2 + 1 + 4, "the calls")
        try Expectation.holds(
            uses.allSatisfy { $0.endedBefore > now - 61_000_000 && $0.endedBefore <= now + 60_000_000 },
            "a time is wrong: \(uses.map(\.endedBefore)), now \(now)")
    }
}
