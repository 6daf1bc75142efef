internal import Journal
internal import Messaging

/// Messages from their intents to their outcomes.
enum MessagePromises {
    static let all = [
        StorePromise("messages without an outcome are open, oldest intent first", openMessages),
        StorePromise("a life joins intent, outcome, key, content and answer", livesAreJoined),
        StorePromise("what has no content has no key", uploadsHaveNoKey),
        StorePromise("a message may be opened and closed in one batch", openedAndClosedAtOnce),
        StorePromise("closing a message again has no effect on it", closingTwice),
        StorePromise("closing a message that isn't there has no effect", closingNothing),
        StorePromise("messages survive reopening", messagesSurvive),
    ]

    private static func openMessages(_ gateway: SampleGateway) throws {
        // Their ids are in another order than their intents: the clock was set back between.
        let intents = try (0..<6).map { try gateway.intent("\($0)") }
        let order = [3, 1, 5, 0, 4, 2].map { intents[$0] }
        try gateway.open(order[0], order[1])
        for intent in order[2...] { try gateway.open(intent) }
        try Expectation.equal(gateway.store.openMessages(), order.map(\.message), "open messages")
        try gateway.close(order[1].message)
        try gateway.close(order[5].message, as: .unknown)
        let left = [order[0], order[2], order[3], order[4]].map(\.message)
        try Expectation.equal(gateway.store.openMessages(), left, "messages that are left open")
        try gateway.engine.reopen()
        try Expectation.equal(gateway.store.openMessages(), left, "open messages after reopening")
    }

    private static func livesAreJoined(_ gateway: SampleGateway) throws {
        gateway.sealer = ContentSealer(masterKeys: [try Samples.masterKey(1)])
        for (ofUser, answer) in [(false, nil), (true, Array("answer".utf8)), (false, [])] as [(Bool, [UInt8]?)] {
            let intent = try gateway.intent("a text", to: "whom", ofUser: ofUser, by: "caller-7")
            let opening = try gateway.open(intent)
            var life = MessageLife(
                message: intent.message,
                caller: try Expectation.some(CallerName("caller-7"), "a name"),
                intent: opening.records[0].body,
                sealed: intent.sealed
            )
            try Expectation.equal(gateway.store.life(of: intent.message), life, "the life of an open message")
            let closing = try gateway.close(intent.message, answer: answer)
            life.outcome = closing.records[0].body
            life.answer = answer
            try Expectation.equal(gateway.store.life(of: intent.message), life, "the life of a closed message")
            try Expectation.equal(gateway.engine.archive().life(of: intent.message), life, "the archive's life")
            let sealed = try Expectation.some(life.sealed, "the sealed content")
            try Expectation.equal(
                gateway.sealer.content(sealed, of: intent.message), Array(#"{"text":"a text"}"#.utf8), "the content")
        }
        try Expectation.equal(gateway.store.life(of: gateway.clock.makeID()), nil, "the life of no message")
    }

    private static func uploadsHaveNoKey(_ gateway: SampleGateway) throws {
        let upload = gateway.upload()
        try gateway.open(upload)
        try Expectation.equal(gateway.life(upload.message).sealed, nil, "the key of an upload")
        try Expectation.equal(gateway.store.openMessages(), [upload.message], "open messages")
        try gateway.close(upload.message)
        try Expectation.equal(gateway.life(upload.message).caller, .local, "the caller")
    }

    private static func openedAndClosedAtOnce(_ gateway: SampleGateway) throws {
        let intent = try gateway.intent()
        let batch = try gateway.commit { builder in
            builder.open(intent)
            SampleGateway.close(intent.message, in: &builder)
        }
        try Expectation.equal(gateway.store.openMessages(), [], "open messages")
        try Expectation.equal(gateway.life(intent.message).outcome, batch.records[1].body, "the outcome")
    }

    private static func closingTwice(_ gateway: SampleGateway) throws {
        let intent = try gateway.send()
        try gateway.close(intent.message, as: .sent, answer: [1], conversation: "first")
        let life = try gateway.life(intent.message)
        try gateway.close(intent.message, as: .unknown, answer: [2], conversation: "second")
        try Expectation.equal(gateway.life(intent.message), life, "the life of a message that was closed twice")
        let archive = try gateway.engine.archive()
        try Expectation.equal(archive.unerased(.conversation("first"), limit: 9), [intent.message], "in the first")
        try Expectation.equal(archive.unerased(.conversation("second"), limit: 9), [], "in the second")
    }

    private static func closingNothing(_ gateway: SampleGateway) throws {
        let intent = try gateway.send()
        let stranger = gateway.clock.makeID()
        try gateway.close(stranger)
        try Expectation.equal(gateway.store.life(of: stranger), nil, "the life of a message that was never opened")
        try Expectation.equal(gateway.store.openMessages(), [intent.message], "open messages")
    }

    private static func messagesSurvive(_ gateway: SampleGateway) throws {
        var lives: [MessageLife] = []
        for number in 0..<8 {
            let intent = try gateway.send("text \(number)")
            if number.isMultiple(of: 2) { try gateway.close(intent.message, answer: [UInt8(number)]) }
            lives.append(try gateway.life(intent.message))
            if number == 5 { try gateway.sign() }
            try gateway.engine.reopen()
        }
        for life in lives { try Expectation.equal(gateway.life(life.message), life, "a life after reopening") }
        try gateway.verify()
    }
}
