internal import Journal
internal import Messaging

/// Removing what nothing refers to any more.
enum SweepPromises {
    static let all = [
        StorePromise("a sweep removes what was pruned, a limited number at a time, until nothing is left", pruned),
        StorePromise("a sweep leaves what was not pruned", unpruned),
        StorePromise("a sweep goes on after reopening", interrupted),
        StorePromise("a sweep removes keys that expired, a limited number at a time", expiredKeys),
        StorePromise("a sweep leaves the keys of open messages", keysOfOpenMessages),
        StorePromise("a key outlives its message's records", keysOutliveRecords),
    ]

    private static func pruned(_ gateway: SampleGateway) throws {
        var messages: [MessageID] = []
        for number in 0..<10 {
            let message = try gateway.send("\(number)").message
            try gateway.close(message)
            messages.append(message)
            if number < 7 { try gateway.sign() }
        }
        let last = try Expectation.some(try gateway.store.lastCheckpoint(), "the last checkpoint")
        try gateway.prune(last)
        try gateway.sign()
        let archive = try gateway.engine.archive()
        var (records, sizes) = (try archive.records(1...99, containing: nil).count, try archive.checkpoints().count)
        var steps = 0
        var more = true
        while more {
            steps += 1
            more = try gateway.store.sweep(expiredBefore: 0, limit: 3)
            let left = (try archive.records(1...99, containing: nil).count, try archive.checkpoints().count)
            try Expectation.holds(records - left.0 <= 3 && sizes - left.1 <= 3, "step \(steps) removes too much")
            (records, sizes) = left
            try Expectation.holds(steps < 99, "the sweep doesn't end")
            try gateway.verify()
        }
        try Expectation.holds(steps >= 5, "14 records went in \(steps) steps of 3")
        try Expectation.equal(
            archive.records(1...99, containing: nil).map(\.number), Array(15...21), "the records that are left")
        try Expectation.equal(archive.checkpoints().map(\.size), [14, 21], "the checkpoints that are left")
        for (number, message) in messages.enumerated() {
            try Expectation.equal(
                gateway.store.life(of: message) == nil, number < 7, "whether message \(number) is gone")
        }
        try Expectation.equal(
            archive.unerased(.conversation("conversation"), limit: 99), Array(messages[7...]), "keys that are left")
        try gateway.engine.reopen()
        try gateway.verify()
    }

    private static func unpruned(_ gateway: SampleGateway) throws {
        let message = try gateway.intent(key: "k")
        try gateway.open(message)
        try gateway.close(message.message)
        try gateway.sign()
        try gateway.sign()
        let (head, life) = (try gateway.store.head(), try gateway.life(message.message))
        try gateway.sweep()
        try Expectation.equal(gateway.store.head(), head, "the head")
        try Expectation.equal(gateway.life(message.message), life, "a life")
        try Expectation.holds(try gateway.store.claim(Samples.claimName("k")) != nil, "the key is gone")
        try Expectation.equal(gateway.engine.archive().lastNumber(), 2, "the last number")
        try gateway.verify()
    }

    private static func interrupted(_ gateway: SampleGateway) throws {
        try gateway.note(9)
        try gateway.prune(try gateway.sign())
        try gateway.sign()
        for step in 0..<20 {
            let more = try gateway.store.sweep(expiredBefore: 0, limit: 2)
            try gateway.engine.reopen()
            try gateway.verify()
            if try gateway.engine.archive().records(1...9, containing: nil).isEmpty { return }
            try Expectation.holds(more, "step \(step) says that nothing is left")
        }
        throw ConformanceFailure("the pruned records are not removed")
    }

    private static func expiredKeys(_ gateway: SampleGateway) throws {
        for number in 0..<7 {
            let intent = try gateway.intent(key: "short-\(number)", lasting: .seconds(10))
            try gateway.open(intent)
            try gateway.close(intent.message)
        }
        let long = try gateway.intent(key: "long", lasting: .seconds(1000))
        try gateway.open(long)
        try gateway.close(long.message)
        func left() throws -> Int {
            try (0..<7).filter { try gateway.store.claim(Samples.claimName("short-\($0)")) != nil }.count
        }
        try gateway.sweep(limit: 2)
        try Expectation.equal(left(), 7, "keys before their end")
        gateway.clock.advance(by: .seconds(11))
        _ = try gateway.store.sweep(expiredBefore: gateway.clock.nowMicroseconds, limit: 2)
        try Expectation.equal(left(), 5, "keys after one step")
        try gateway.sweep(limit: 2)
        try Expectation.equal(left(), 0, "keys after all steps")
        try Expectation.equal(
            gateway.store.claim(Samples.claimName("long"))?.message, long.message, "the message of the longest key")
    }

    private static func keysOfOpenMessages(_ gateway: SampleGateway) throws {
        let intent = try gateway.intent(key: "k", lasting: .seconds(1))
        try gateway.open(intent)
        gateway.clock.advance(by: .seconds(5))
        try gateway.sweep()
        let name = try Samples.claimName("k")
        try Expectation.equal(gateway.store.claim(name)?.message, intent.message, "the key of an open message")
        try gateway.close(intent.message)
        try gateway.sweep()
        try Expectation.equal(gateway.store.claim(name), nil, "the key of a closed message")
    }

    private static func keysOutliveRecords(_ gateway: SampleGateway) throws {
        let intent = try gateway.intent(key: "k", lasting: .seconds(1000))
        try gateway.open(intent)
        try gateway.close(intent.message)
        try gateway.prune(try gateway.sign())
        try gateway.sweep()
        let claim = try Expectation.some(try gateway.store.claim(Samples.claimName("k")), "the key")
        try Expectation.equal(claim.message, intent.message, "its message")
        try Expectation.equal(claim.life, nil, "what is left of the message")
        gateway.clock.advance(by: .seconds(1001))
        try gateway.sweep()
        try Expectation.equal(gateway.store.claim(Samples.claimName("k")), nil, "the key at its end")
    }
}
