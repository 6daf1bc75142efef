internal import Journal
internal import Messaging

/// Destroying contents, and moving keys under another master key.
enum ErasurePromises {
    static let all = [
        StorePromise("erasing destroys key and content, and leaves the records", erasing),
        StorePromise("an erased message keeps its outcome, its answer and its idempotency key", erasingLeavesTheAnswer),
        StorePromise("erasing again, or what isn't there, has no effect", erasingTwice),
        StorePromise("messages that have their keys are given oldest first, until they are erased", unerased),
        StorePromise("a message that is written seconds after its acceptance is given, too", unerasedLate),
        StorePromise("a message is given though the clock was in the future before", unerasedAfterAWrongClock),
        StorePromise("a message is given though many before it are younger", unerasedBehindYounger),
        StorePromise("a message with the lowest id of its millisecond is given", unerasedAtTheEdge),
        StorePromise("a rewrapped key opens the same content", rewrapping),
        StorePromise("an erased key is not brought back by rewrapping", rewrappingTheErased),
        StorePromise("keys under another master key are given page by page", wrapped),
    ]

    private static func erasing(_ gateway: SampleGateway) throws {
        gateway.sealer = ContentSealer(masterKeys: [try Samples.masterKey(1)])
        let intents = try (0..<3).map { try gateway.intent("text \($0)") }
        try gateway.open(intents[0], intents[1], intents[2])
        try gateway.close(intents[0].message)
        let lives = try intents.map { try gateway.life($0.message) }
        try gateway.erase(intents[0].message, intents[1].message)
        for isReopened in [false, true] {
            if isReopened { try gateway.engine.reopen() }
            for (index, intent) in intents.enumerated() {
                let life = try gateway.life(intent.message)
                try Expectation.equal(life.intent, lives[index].intent, "the intent of message \(index)")
                try Expectation.equal(life.outcome, lives[index].outcome, "the outcome of message \(index)")
                try Expectation.equal(life.sealed, index == 2 ? lives[2].sealed : nil, "the key of message \(index)")
            }
        }
        try Expectation.equal(gateway.store.openMessages(), [intents[1].message, intents[2].message], "what is open")
        try gateway.verify()
    }

    private static func erasingLeavesTheAnswer(_ gateway: SampleGateway) throws {
        let intent = try gateway.intent(key: "k")
        try gateway.open(intent)
        try gateway.close(intent.message, answer: [1, 2, 3])
        var life = try gateway.life(intent.message)
        try gateway.erase(intent.message)
        life.sealed = nil
        let claim = try Expectation.some(gateway.store.claim(Samples.claimName("k")), "the claim")
        try Expectation.equal(claim.message, intent.message, "the message of the key")
        try Expectation.equal(claim.life, life, "what is left of the message")
    }

    private static func erasingTwice(_ gateway: SampleGateway) throws {
        let (first, second) = (try gateway.send(), try gateway.send())
        let life = try gateway.life(second.message)
        for _ in 0..<2 { try gateway.erase(first.message, gateway.clock.makeID()) }
        try Expectation.equal(gateway.life(second.message), life, "the life of another message")
        try Expectation.equal(gateway.life(first.message).sealed, nil, "what is left of the erased one")
        try gateway.verify()
    }

    private static func unerased(_ gateway: SampleGateway) throws {
        let intents = try (0..<7).map { try gateway.intent("\($0)") }
        for index in [4, 1, 6, 0, 3, 5, 2] { try gateway.open(intents[index]) }
        try gateway.open(gateway.upload())
        let messages = intents.map(\.message)
        let cut = messages[5].unixMilliseconds
        let written = [4, 1, 0, 3, 2].map { messages[$0] }
        try Expectation.equal(gateway.store.unerased(before: cut, limit: 9), written, "before a time")
        try Expectation.equal(gateway.store.unerased(before: cut, limit: 2), Array(written[..<2]), "the first two")
        try Expectation.equal(gateway.store.unerased(before: 0, limit: 9), [], "before 1970")
        try gateway.erase(messages[1])
        try Expectation.equal(
            gateway.store.unerased(before: cut, limit: 2), [messages[4]], "of the first two that are left, the old one")
        try gateway.erase(messages[0], messages[2], messages[3], messages[4])
        try Expectation.equal(gateway.store.unerased(before: cut, limit: 9), [], "what is left before the time")
        try Expectation.equal(gateway.store.unerased(before: cut, limit: 9), [], "what is left, asked again")
        try gateway.engine.reopen()
        try Expectation.equal(
            gateway.store.unerased(before: cut + 100, limit: 9), [messages[6], messages[5]],
            "what is left after that time")
    }

    private static func unerasedLate(_ gateway: SampleGateway) throws {
        let early = try gateway.intent("accepted early, written late")
        gateway.clock.advance(by: .seconds(2))
        let late = try gateway.send("accepted late")
        try checkUnerased(gateway, early, erasedBefore: late)
    }

    private static func unerasedBehindYounger(_ gateway: SampleGateway) throws {
        gateway.clock.advance(by: .seconds(86_400))
        for _ in 0..<5 { _ = try gateway.send("ahead of time") }
        gateway.clock.advance(by: .seconds(-86_400))
        let intents = try (0..<3).map { try gateway.send("\($0)") }
        gateway.clock.advance(by: .seconds(1))
        let last = try gateway.send("too young")
        let cut = last.message.unixMilliseconds
        for index in 0..<3 {
            try Expectation.equal(
                gateway.store.unerased(before: cut, limit: 2),
                intents[index...].prefix(2).map(\.message), "what is old behind what is younger")
            try gateway.erase(intents[index].message)
        }
        try Expectation.equal(gateway.store.unerased(before: cut, limit: 2), [], "what is left")
    }

    /// A clock that was wrong for a while must not hide what comes when it is right again.
    private static func unerasedAfterAWrongClock(_ gateway: SampleGateway) throws {
        gateway.clock.advance(by: .seconds(400 * 86_400))
        let future = try gateway.send("accepted in the future")
        gateway.clock.advance(by: .seconds(-400 * 86_400))
        try checkUnerased(gateway, try gateway.intent("accepted when the clock was right"), erasedBefore: future)
    }

    private static func checkUnerased(
        _ gateway: SampleGateway,
        _ intent: IntentSubmission,
        erasedBefore erased: IntentSubmission
    ) throws {
        let cut = erased.message.unixMilliseconds + 1
        try gateway.erase(erased.message)
        try Expectation.equal(gateway.store.unerased(before: cut, limit: 9), [], "what is left")
        try gateway.sweep()
        try gateway.open(intent)
        let end = intent.message.unixMilliseconds + 1
        for isReopened in [false, true] {
            if isReopened { try gateway.engine.reopen() }
            try Expectation.equal(
                gateway.store.unerased(before: end, limit: 9), [intent.message],
                "a message that was written after a later time was asked for")
        }
    }

    private static func unerasedAtTheEdge(_ gateway: SampleGateway) throws {
        let milliseconds = UInt64(gateway.clock.nowMicroseconds / 1000) + 10
        try Expectation.equal(gateway.store.unerased(before: milliseconds, limit: 9), [], "what is there")
        let sample = try gateway.intent()
        let lowest = MessageID(lowestAt: milliseconds)
        try gateway.commit { builder in
            var draft = RecordDraft(.intent)
            draft.message = lowest
            let number = builder.append(draft)
            builder.batch.opened = [
                OpenedMessage(
                    message: lowest, intent: number, caller: .local, conversation: nil, user: nil, sealed: sample.sealed
                )
            ]
        }
        try Expectation.equal(gateway.store.unerased(before: milliseconds, limit: 9), [], "before its millisecond")
        try Expectation.equal(gateway.store.unerased(before: milliseconds + 1, limit: 9), [lowest], "behind it")
    }

    private static func rewrapping(_ gateway: SampleGateway) throws {
        let keys = [try Samples.masterKey(1), try Samples.masterKey(2)]
        gateway.sealer = ContentSealer(masterKeys: [keys[0]])
        let message = try gateway.send("a text").message
        let sealer = ContentSealer(masterKeys: [keys[1], keys[0]])
        let sealed = try Expectation.some(gateway.life(message).sealed, "the key")
        let anew = try Expectation.some(sealer.rewrapped(sealed, of: message), "the rewrapped key")
        try gateway.commit { $0.batch.rewrapped = [message: anew] }
        try gateway.engine.reopen()
        let found = try Expectation.some(gateway.life(message).sealed, "the key")
        try Expectation.equal(found, anew, "what is kept")
        try Expectation.equal(found.master, keys[1].id, "the master key's id")
        try Expectation.equal(
            ContentSealer(masterKeys: [keys[1]]).content(found, of: message), Array(#"{"text":"a text"}"#.utf8),
            "the content")
        try gateway.verify()
    }

    private static func rewrappingTheErased(_ gateway: SampleGateway) throws {
        let keys = [try Samples.masterKey(1), try Samples.masterKey(2)]
        gateway.sealer = ContentSealer(masterKeys: [keys[0]])
        let message = try gateway.send().message
        let sealed = try Expectation.some(gateway.life(message).sealed, "the key")
        let anew = try ContentSealer(masterKeys: [keys[1], keys[0]]).rewrapped(sealed, of: message)
        try gateway.erase(message)
        try gateway.commit { $0.batch.rewrapped = [message: try Expectation.some(anew, "the rewrapped key")] }
        try Expectation.equal(gateway.life(message).sealed, nil, "what is kept of an erased message")
    }

    private static func wrapped(_ gateway: SampleGateway) throws {
        let keys = [try Samples.masterKey(1), try Samples.masterKey(2)]
        var old: [MessageID] = []
        for number in 0..<12 {
            // Some lie open, some under the new key already, some have none.
            gateway.sealer =
                number % 4 == 3 ? ContentSealer() : ContentSealer(masterKeys: [keys[number % 4 == 2 ? 1 : 0]])
            let message = try gateway.send("\(number)").message
            if number % 4 < 2 { old.append(message) }
        }
        try gateway.open(gateway.upload())
        try gateway.erase(old.removeFirst())
        var found: [MessageID] = []
        while true {
            let page = try gateway.store.wrapped(otherThan: keys[1].id, after: found.last, limit: 2)
            for (message, sealed) in page {
                try Expectation.equal(sealed, gateway.life(message).sealed, "the sealed content of a page")
            }
            if page.isEmpty { break }
            found += page.map(\.message)
        }
        try Expectation.equal(found, old, "keys under the old master key")
        let all = try gateway.store.wrapped(otherThan: "another", after: nil, limit: 99).count
        try Expectation.equal(all, old.count + 3, "keys under any other master key")
    }
}
