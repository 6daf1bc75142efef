internal import Journal
internal import Messaging

/// What the `audit` commands do beside a gateway that writes.
enum ArchivePromises {
    static let all = [
        StorePromise("what an archive appends is taken in before the next batch", archiveAppends),
        StorePromise("what an archive appends is in the head that is asked for", archiveAppendsToTheHead),
        StorePromise("what an archive's decide throws leaves nothing behind", archiveThrows),
        StorePromise("an archive erases while the gateway writes", archiveErases),
        StorePromise("an archive finds the messages that are meant, oldest first", archiveSelects),
    ]

    private static func append(_ kind: RecordKind, to archive: any JournalArchive, by gateway: SampleGateway) throws {
        try archive.commit { head in
            var builder = BatchBuilder(from: head, sources: gateway.clock.sources)
            builder.append(RecordDraft(kind))
            return builder.batch
        }
    }

    private static func archiveAppends(_ gateway: SampleGateway) throws {
        let archive = try gateway.engine.archive()
        for round in 0..<6 {
            let message = try gateway.send().message
            for _ in 0..<round { try append(.erasure, to: archive, by: gateway) }
            try gateway.close(message)
            if round == 3 { try gateway.sign() }
            try append(.erasure, to: archive, by: gateway)
        }
        try Expectation.equal(gateway.store.head().size, 2 * 6 + 15 + 6, "the size")
        try gateway.verify()
        try gateway.engine.reopen()
        try Expectation.equal(gateway.store.head().size, 33, "the size after reopening")
        try gateway.sign()
        try gateway.verify()
    }

    private static func archiveAppendsToTheHead(_ gateway: SampleGateway) throws {
        let archive = try gateway.engine.archive()
        for size in 1...5 {
            try append(.erasure, to: archive, by: gateway)
            try Expectation.equal(gateway.store.head().size, size, "the size")
            try Expectation.equal(gateway.store.head().size, size, "the size, asked again")
        }
        let batch = try gateway.commit { $0.append(RecordDraft(.read)) }
        try Expectation.equal(gateway.store.head(), batch.head, "the head")
        try gateway.verify()
    }

    private static func archiveThrows(_ gateway: SampleGateway) throws {
        struct Refusal: Error {}
        let archive = try gateway.engine.archive()
        try gateway.note()
        let head = try gateway.store.head()
        do {
            try archive.commit { _ in throw Refusal() }
            throw ConformanceFailure("an archive's commit succeeds whose decide throws")
        } catch is JournalStoreError {}
        try Expectation.equal(gateway.store.head(), head, "the head")
        try gateway.note()
        try gateway.verify()
    }

    private static func archiveErases(_ gateway: SampleGateway) throws {
        let archive = try gateway.engine.archive()
        let message = try gateway.send().message
        try archive.commit { head in
            var builder = BatchBuilder(from: head, sources: gateway.clock.sources)
            builder.append(RecordDraft(.erasure))
            builder.batch.erased = [message]
            return builder.batch
        }
        try archive.scrub()
        try Expectation.equal(gateway.life(message).sealed, nil, "the key")
        try Expectation.equal(archive.unerased(.message(message), limit: 1), [], "whether it can be erased again")
        try gateway.close(message)
        try Expectation.equal(gateway.life(message).sealed, nil, "the key after the outcome")
        try gateway.verify()
    }

    private static func archiveSelects(_ gateway: SampleGateway) throws {
        let archive = try gateway.engine.archive()
        var messages: [MessageID] = []
        for number in 0..<8 {
            let intent = try gateway.intent(to: number.isMultiple(of: 2) ? "even" : "odd", ofUser: number >= 4)
            try gateway.open(intent)
            messages.append(intent.message)
        }
        // Divar named the conversation of a message to a user.
        try gateway.close(messages[4], conversation: "even")
        try gateway.open(gateway.upload())
        func found(_ selection: MessageSelection, limit: Int = 99) throws -> [Int] {
            try archive.unerased(selection, limit: limit).map { messages.firstIndex(of: $0) ?? -1 }
        }
        try Expectation.equal(found(.conversation("even")), [0, 2, 4], "of a conversation")
        try Expectation.equal(found(.conversation("even"), limit: 2), [0, 2], "two of a conversation")
        try Expectation.equal(found(.conversation("EVEN")), [], "of a conversation with another case")
        try Expectation.equal(found(.user("even")), [4, 6], "of a user")
        try Expectation.equal(found(.user("nobody")), [], "of nobody")
        try Expectation.equal(found(.message(messages[3])), [3], "one message")
        try Expectation.equal(found(.message(gateway.clock.makeID())), [], "no message")
        try Expectation.equal(found(.before(messages[3].unixMilliseconds)), [0, 1, 2], "before a time")
        try gateway.erase(messages[0], messages[3])
        try Expectation.equal(found(.conversation("even")), [2, 4], "of a conversation, after an erasure")
        try Expectation.equal(found(.message(messages[3])), [], "an erased message")
        try Expectation.equal(found(.before(messages[7].unixMilliseconds)), [1, 2, 4, 5, 6], "before a later time")
    }
}
