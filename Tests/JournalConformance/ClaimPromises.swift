internal import Journal
internal import Messaging

/// Idempotency keys.
enum ClaimPromises {
    static let all = [
        StorePromise("a key that was used is found, with what became of its message", aUsedKeyIsFound),
        StorePromise("a commit looks up the keys that it is asked for, and no others", lookingUp),
        StorePromise("a key is its caller's own, and told apart by every byte", keysAreTheCallersOwn),
        StorePromise("a later use of a key replaces an earlier one", laterUseReplaces),
        StorePromise("a released key is free", releasedKeysAreFree),
        StorePromise("keys survive reopening", keysSurvive),
    ]

    private static func aUsedKeyIsFound(_ gateway: SampleGateway) throws {
        let intent = try gateway.intent(key: "k")
        let batch = try gateway.open(intent)
        let name = try Samples.claimName("k")
        var claim = StoredClaim(
            message: intent.message,
            fingerprint: batch.claims[0].fingerprint,
            expires: batch.claims[0].expires,
            life: try gateway.life(intent.message)
        )
        try Expectation.equal(gateway.store.claim(name), claim, "the claim of an open message")
        try Expectation.equal(try given(gateway, [name]), [name: claim], "what a commit is given")
        try gateway.close(intent.message, answer: [7])
        claim.life = try gateway.life(intent.message)
        try Expectation.equal(gateway.store.claim(name), claim, "the claim of a closed message")
        try Expectation.equal(try given(gateway, [name]), [name: claim], "what a commit is given of a closed message")
        try Expectation.holds(claim.life?.answer == [7], "the answer isn't there")
    }

    private static func lookingUp(_ gateway: SampleGateway) throws {
        for key in ["a", "b", "c"] { try gateway.open(gateway.intent(key: key)) }
        let names = try ["a", "c", "free"].map { try Samples.claimName($0) }
        try Expectation.equal(Set(given(gateway, names).keys), Set(names[..<2]), "the keys that are found")
        try Expectation.equal(given(gateway, []), [:], "what is found where nothing is asked for")
        try Expectation.equal(given(gateway, [names[0], names[0]]).count, 1, "what is found where one is asked twice")
    }

    private static func keysAreTheCallersOwn(_ gateway: SampleGateway) throws {
        let uses = [("shop", "k"), ("Shop", "k"), ("shop", "K"), ("shop", "k~"), ("shop", "'\"%_")]
        var messages: [MessageID] = []
        for (caller, key) in uses {
            let intent = try gateway.intent(by: caller, key: key)
            try gateway.open(intent)
            messages.append(intent.message)
        }
        for ((caller, key), message) in zip(uses, messages) {
            let claim = try gateway.store.claim(Samples.claimName(key, of: caller))
            try Expectation.equal(claim?.message, message, "the message of \(caller)'s key \(key)")
        }
        try Expectation.equal(gateway.store.claim(Samples.claimName("k", of: "other")), nil, "another caller's key")
    }

    private static func laterUseReplaces(_ gateway: SampleGateway) throws {
        let name = try Samples.claimName("k")
        let first = try gateway.intent("first", key: "k", lasting: .seconds(1))
        try gateway.open(first)
        try gateway.close(first.message)
        gateway.clock.advance(by: .seconds(2))
        let second = try gateway.intent("second", key: "k")
        let batch = try gateway.open(second)
        let claim = try Expectation.some(try gateway.store.claim(name), "the claim")
        try Expectation.equal(claim.message, second.message, "the message of the key")
        try Expectation.equal(claim.fingerprint, batch.claims[0].fingerprint, "the fingerprint")
        try Expectation.equal(claim.expires, batch.claims[0].expires, "the end of the key")
        try Expectation.equal(claim.life, gateway.life(second.message), "the life")
        // Sweeping takes what expired, not what stands in its place.
        try gateway.sweep()
        try Expectation.equal(gateway.store.claim(name), claim, "the claim after a sweep")
    }

    private static func releasedKeysAreFree(_ gateway: SampleGateway) throws {
        let (name, other) = (try Samples.claimName("k"), try Samples.claimName("other"))
        let (first, second) = (try gateway.intent(key: "k"), try gateway.intent(key: "other"))
        try gateway.open(first, second)
        let kept = try gateway.store.claim(other)
        try gateway.commit { builder in
            SampleGateway.close(first.message, in: &builder, as: .notSent)
            builder.batch.released = [name, try Samples.claimName("never-used")]
        }
        try Expectation.equal(gateway.store.claim(name), nil, "a released claim")
        try Expectation.equal(gateway.store.claim(other), kept, "a claim that was not released")
        try Expectation.holds(gateway.life(first.message).outcome != nil, "the message has no outcome")
        let third = try gateway.intent(key: "k")
        try gateway.open(third)
        try Expectation.equal(gateway.store.claim(name)?.message, third.message, "who has the key then")
    }

    private static func keysSurvive(_ gateway: SampleGateway) throws {
        let intents = try (0..<5).map { try gateway.intent(key: "key-\($0)") }
        for intent in intents { try gateway.open(intent) }
        let claims = try intents.indices.map { try gateway.store.claim(Samples.claimName("key-\($0)")) }
        try gateway.engine.reopen()
        for (index, claim) in claims.enumerated() {
            try Expectation.holds(claim != nil, "there is no claim \(index)")
            try Expectation.equal(gateway.store.claim(Samples.claimName("key-\(index)")), claim, "claim \(index)")
        }
    }

    /// The claims that a commit is given.
    private static func given(_ gateway: SampleGateway, _ names: [ClaimName]) throws -> [ClaimName: StoredClaim] {
        var given: [ClaimName: StoredClaim] = [:]
        try gateway.store.commit(lookingUp: names) { head, claims in
            given = claims
            return JournalBatch(head: head)
        }
        return given
    }
}
