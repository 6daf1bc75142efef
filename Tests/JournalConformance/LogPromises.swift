internal import Journal
internal import Messaging

/// The log itself: its head, its records, its checkpoints.
enum LogPromises {
    static let all = [
        StorePromise("a new journal is empty", aNewJournalIsEmpty),
        StorePromise("the head grows by what is committed", theHeadGrows),
        StorePromise("the head survives reopening, wherever the checkpoint stands", theHeadSurvives),
        StorePromise("what decide throws leaves nothing behind", whatDecideThrows),
        StorePromise("a batch that can't be written whole isn't written at all", allOrNothing),
        StorePromise("a batch with nothing in it changes nothing", anEmptyBatch),
        StorePromise("the last checkpoint is the largest, as it was signed", theLastCheckpoint),
        StorePromise("records are kept byte by byte", recordsAreKept),
        StorePromise("many records in one batch are all kept", manyRecords),
        StorePromise("recovery of a sound journal changes nothing", recoveryOfASoundJournal),
    ]

    private static func aNewJournalIsEmpty(_ gateway: SampleGateway) throws {
        let (store, archive) = (gateway.store, try gateway.engine.archive())
        try Expectation.equal(store.head(), LogHead(log: gateway.engine.log), "the head")
        try Expectation.equal(store.lastCheckpoint(), nil, "the last checkpoint")
        try Expectation.equal(store.openMessages(), [], "open messages")
        try Expectation.equal(store.claim(Samples.claimName("k")), nil, "a claim")
        try Expectation.equal(store.life(of: gateway.clock.makeID()), nil, "a life")
        try Expectation.equal(store.unerased(before: .max >> 16, limit: 9), [], "what can be erased")
        try Expectation.holds(store.wrapped(otherThan: "", after: nil, limit: 9).isEmpty, "something is wrapped")
        try Expectation.equal(store.prunable(before: .max), nil, "what can be pruned")
        try Expectation.equal(archive.log, gateway.engine.log, "the archive's log")
        try Expectation.equal(archive.start(), LogHead(log: gateway.engine.log), "the start")
        try Expectation.equal(archive.lastNumber(), 0, "the last number")
        try Expectation.equal(archive.records(1...9, containing: nil), [], "records")
        try Expectation.equal(archive.checkpoints(), [], "checkpoints")
        try store.checkPlace()
        try store.checkSpace()
        try store.scrub()
        try Expectation.holds(
            try !store.sweep(expiredBefore: .max, limit: 9), "there is something to sweep in a new journal")
    }

    private static func theHeadGrows(_ gateway: SampleGateway) throws {
        var head = LogHead(log: gateway.engine.log)
        for count in [1, 0, 2, 17, 40] {
            let batch = try gateway.commit { builder in
                try Expectation.equal(builder.batch.head, head, "the head that decide is given")
                for _ in 0..<count { builder.append(RecordDraft(.read)) }
            }
            for record in batch.records { _ = head.append(record.body) }
            try Expectation.equal(gateway.store.head(), head, "the head after \(head.size) records")
        }
        try gateway.verify()
    }

    private static func theHeadSurvives(_ gateway: SampleGateway) throws {
        for step in 0..<9 {
            if step == 2 || step == 6 { try gateway.sign() } else { try gateway.note(step) }
            let head = try gateway.store.head()
            try gateway.engine.reopen()
            try Expectation.equal(gateway.store.head(), head, "the head after reopening at step \(step)")
        }
        try gateway.verify()
    }

    private static func whatDecideThrows(_ gateway: SampleGateway) throws {
        struct Refusal: Error {}
        try gateway.note(3)
        let (head, intent) = (try gateway.store.head(), try gateway.intent(key: "k"))
        for number in 0..<2 {
            do {
                try gateway.store.commit(lookingUp: []) { head, _ in
                    var builder = BatchBuilder(from: head, sources: gateway.clock.sources)
                    builder.open(intent)
                    if number == 0 { throw Refusal() }
                    throw JournalStoreError(.readOnly, "thrown by decide")
                }
                throw ConformanceFailure("a commit succeeds whose decide throws")
            } catch let error as JournalStoreError {
                try Expectation.equal(error.kind == .readOnly, number == 1, "whether decide's own error comes through")
            }
            try Expectation.equal(gateway.store.head(), head, "the head after decide threw")
            try Expectation.equal(gateway.store.life(of: intent.message), nil, "the life of what was undone")
            try Expectation.equal(gateway.store.claim(Samples.claimName("k")), nil, "the key of what was undone")
        }
        try gateway.open(intent)
        try Expectation.equal(gateway.store.openMessages(), [intent.message], "open messages")
        try gateway.verify()
    }

    private static func allOrNothing(_ gateway: SampleGateway) throws {
        let first = try gateway.send()
        let (head, second) = (try gateway.store.head(), try gateway.intent(key: "k"))
        do {
            // The same message again is what no table takes.
            try gateway.open(second, first)
            throw ConformanceFailure("a message can be opened twice")
        } catch is JournalStoreError {}
        for isReopened in [false, true] {
            if isReopened { try gateway.engine.reopen() } else { try gateway.store.recover() }
            try Expectation.equal(gateway.store.head(), head, "the head")
            try Expectation.equal(gateway.store.life(of: second.message), nil, "the life of the first in the batch")
            try Expectation.equal(gateway.store.claim(Samples.claimName("k")), nil, "the key of the first in the batch")
            try Expectation.equal(gateway.store.openMessages(), [first.message], "open messages")
        }
        try gateway.note()
        try gateway.verify()
    }

    private static func anEmptyBatch(_ gateway: SampleGateway) throws {
        try gateway.note(3)
        let head = try gateway.store.head()
        try gateway.commit { _ in }
        try Expectation.equal(gateway.store.head(), head, "the head")
        try gateway.verify()
    }

    private static func theLastCheckpoint(_ gateway: SampleGateway) throws {
        var last: StoredCheckpoint?
        for size in [0, 3, 4, 9, 40] {
            try gateway.note(size - gateway.store.head().size)
            last = try gateway.sign()
            try Expectation.equal(last?.size, size, "the size of the checkpoint")
            try Expectation.equal(gateway.store.lastCheckpoint(), last, "the last checkpoint")
            try Expectation.equal(gateway.store.lastCheckpoint()?.head, gateway.store.head(), "the checkpoint's head")
        }
        // A checkpoint of the same size, signed later, stands in the place of the first.
        gateway.clock.advance(by: .seconds(1))
        last = try gateway.sign()
        try Expectation.equal(gateway.engine.archive().checkpoints().map(\.size), [0, 3, 4, 9, 40], "checkpoints")
        try gateway.engine.reopen()
        try Expectation.equal(gateway.store.lastCheckpoint(), last, "the last checkpoint after reopening")
        try gateway.verify()
    }

    private static func recordsAreKept(_ gateway: SampleGateway) throws {
        var records: [StoredRecord] = []
        for text in ["a", "\u{0}\u{1F}\"\\", "سلام\u{200C}", String(repeating: "long ", count: 4000)] {
            records += try gateway.commit { builder in
                var draft = RecordDraft(.refusal)
                draft.peer = text
                builder.append(draft)
            }.records
        }
        let archive = try gateway.engine.archive()
        try Expectation.equal(archive.lastNumber(), 4, "the last number")
        try Expectation.equal(archive.records(1...4, containing: nil), records, "all records")
        try Expectation.equal(archive.records(2...3, containing: nil), Array(records[1...2]), "a range of records")
        try Expectation.equal(archive.records(4...100, containing: nil), [records[3]], "a range beyond the end")
        try Expectation.equal(
            archive.records(1...4, containing: Array("سلام".utf8)), [records[2]], "records with a text in them")
        try Expectation.equal(archive.records(1...4, containing: Array("%".utf8)), [], "records with a % in them")
    }

    private static func manyRecords(_ gateway: SampleGateway) throws {
        for count in [15, 16, 17, 31, 32, 33, 600] {
            let size = try gateway.store.head().size
            let batch = try gateway.commit { builder in
                for number in 0..<count {
                    var draft = RecordDraft(.read)
                    draft.count = number
                    builder.append(draft)
                }
            }
            try Expectation.equal(
                gateway.engine.archive().records(size + 1...size + count + 9, containing: nil), batch.records,
                "\(count) records")
        }
        try gateway.engine.reopen()
        try gateway.verify()
    }

    private static func recoveryOfASoundJournal(_ gateway: SampleGateway) throws {
        let message = try gateway.send().message
        try gateway.sign()
        let (head, life) = (try gateway.store.head(), try gateway.life(message))
        for _ in 0..<3 {
            try gateway.store.recover()
            try gateway.store.checkPlace()
            try Expectation.equal(gateway.store.head(), head, "the head after recovery")
            try Expectation.equal(gateway.life(message), life, "a life after recovery")
        }
        try gateway.note()
        try Expectation.equal(gateway.store.head().size, head.size + 1, "the size")
        try gateway.engine.reopen()
        try gateway.verify()
    }
}
