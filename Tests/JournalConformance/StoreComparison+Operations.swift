internal import Journal
internal import Messaging
internal import SeededCases

extension StoreComparison {
    /// One of the things that a gateway or an operator does.
    func operate() throws {
        switch random.below(28) {
        case 0..<7: try openSome()
        case 7..<12: try closeSome()
        case 12: try commitNotes()
        case 13, 14: try signSometimesTwice()
        case 15: try throwAway()
        case 16: try eraseSome()
        case 17: try rewrapSome()
        case 18, 19: try pruneAndSweep()
        case 20: try appendBeside()
        case 21: try release()
        case 22: try tend()
        case 23, 24: try changeQueue()
        case 25, 26: try changeUserTokens()
        default:
            note("reopen")
            try gateway.engine.reopen()
            model.reopen()
        }
    }

    private func openSome() throws {
        let count = 1 + random.below(4)
        note("open \(count)")
        var intents: [IntentSubmission] = []
        var names: Set<ClaimName> = []
        for _ in 0..<count {
            gateway.sealer =
                random.chance(1, in: 4) ? ContentSealer() : ContentSealer(masterKeys: [random.element(of: masters)])
            if random.chance(1, in: 6) {
                intents.append(gateway.upload())
                continue
            }
            let name = random.chance(1, in: 3) ? random.element(of: keys) : nil
            let isFree = name.map { names.insert($0).inserted } ?? true
            intents.append(
                try gateway.intent(
                    String(repeating: "text ", count: random.below(60)),
                    to: random.element(of: ["one", "two"]), ofUser: random.chance(1, in: 3),
                    key: isFree ? name?.key.text : nil, lasting: .seconds(random.below(30))
                )
            )
        }
        // Ids needn't come in the order of intents.
        intents.shuffle(using: &random)
        let closed = random.chance(1, in: 5) ? intents.first?.message : nil
        try commit(lookingUp: Array(names)) { builder in
            for intent in intents { builder.open(intent) }
            if let closed { SampleGateway.close(closed, in: &builder) }
        }
        messages += intents.map(\.message)
        open += intents.map(\.message).filter { $0 != closed }
    }

    private func closeSome() throws {
        open.shuffle(using: &random)
        let chosen = Array(open.prefix(1 + random.below(5)))
        note("close \(chosen.count)")
        open.removeFirst(chosen.count)
        // Some that have an outcome already, or never had an intent.
        var all = chosen + messages.filter { _ in random.chance(1, in: 30) }
        if random.chance(1, in: 10) { all.append(gateway.clock.makeID()) }
        open.removeAll(where: all.contains)
        try commit { builder in
            for message in all {
                let answer = random.chance(1, in: 2) ? [UInt8](repeating: 7, count: random.below(90)) : nil
                let conversation = random.chance(1, in: 4) ? random.element(of: ["one", "two"]) : nil
                SampleGateway.close(
                    message, in: &builder, as: random.element(of: Outcome.allCases), answer: answer,
                    conversation: conversation)
            }
        }
    }

    private func commitNotes() throws {
        let count = random.below(40)
        note("notes \(count)")
        try commit { builder in
            for _ in 0..<count { builder.append(RecordDraft(.read)) }
        }
    }

    private func signSometimesTwice() throws {
        note("sign")
        for _ in 0...random.below(2) {
            gateway.clock.advance(by: .milliseconds(1))
            try commit { try $0.sign(with: gateway.signer, atMicroseconds: gateway.clock.nowMicroseconds) }
        }
    }

    private func throwAway() throws {
        note("throw")
        let intent = try gateway.intent(key: keys[0].key.text)
        do {
            try gateway.store.commit(lookingUp: keys) { head, _ in
                var builder = BatchBuilder(from: head, sources: gateway.clock.sources)
                builder.open(intent)
                throw JournalStoreError(.other, "thrown away")
            }
        } catch {}
    }

    private func eraseSome() throws {
        let chosen = messages.filter { _ in random.chance(1, in: 4) }
        note("erase \(chosen.count)")
        try commit { builder in
            builder.append(RecordDraft(.erasure))
            builder.batch.erased = chosen
        }
    }

    private func rewrapSome() throws {
        let master = random.element(of: masters)
        let sealer = ContentSealer(masterKeys: [master] + masters)
        var rewrapped: [MessageID: SealedContent] = [:]
        for (message, sealed) in try gateway.store.wrapped(otherThan: master.id, after: nil, limit: 5) {
            rewrapped[message] = try sealer.rewrapped(sealed, of: message)
        }
        note("rewrap \(rewrapped.count)")
        try commit { $0.batch.rewrapped = rewrapped }
    }

    private func pruneAndSweep() throws {
        let before = gateway.clock.nowMicroseconds - Int64(random.below(10_000_000))
        if let checkpoint = try gateway.store.prunable(before: before) {
            note("prune \(checkpoint.size) ")
            try commit { builder in
                var draft = RecordDraft(.pruning)
                draft.last = checkpoint.size
                builder.append(draft)
                try builder.sign(with: gateway.signer, atMicroseconds: gateway.clock.nowMicroseconds)
                builder.batch.pruned = checkpoint
            }
        }
        // To the end: how much goes in one step is the engine's affair.
        let limit = 1 + random.below(40)
        note("sweep \(limit)")
        for store in [gateway.store, model.store] {
            var steps = 0
            while try store.sweep(expiredBefore: gateway.clock.nowMicroseconds, limit: limit) {
                steps += 1
                try Expectation.holds(steps < 1000, "the sweep doesn't end")
            }
        }
        messages.removeAll { model.store.isGone($0) && random.chance(1, in: 2) }
    }

    private func appendBeside() throws {
        note("archive")
        var batch: JournalBatch?
        try gateway.engine.archive().commit { head in
            var builder = BatchBuilder(from: head, sources: gateway.clock.sources)
            builder.append(RecordDraft(.erasure))
            builder.batch.erased = messages.filter { _ in random.chance(1, in: 9) }
            batch = builder.batch
            return builder.batch
        }
        let same = try Expectation.some(batch, "what the archive committed")
        try model.archive().commit { _ in same }
    }

    private func release() throws {
        note("release")
        let names = keys.filter { _ in random.chance(1, in: 2) }
        try commit { $0.batch.released = names }
    }

    private func changeQueue() throws {
        let chosen = messages.filter { _ in random.chance(1, in: 6) }
        note("queue \(chosen.count)")
        let queue = try gateway.store.queue(after: nil, limit: .max)
        guard let app = AppName("a") else { return }
        try commit { builder in
            for message in chosen {
                let expires = gateway.clock.nowMicroseconds + Int64(random.below(9_000_000))
                let state: QueuedMessage.State = random.chance(1, in: 2) ? .failed : .waiting
                if !queue.contains(where: { $0.message == message }) {
                    let queued = QueuedMessage(
                        message: message, app: app, caller: .local, lane: "lane",
                        payload: [UInt8](repeating: 3, count: random.below(50)), expires: expires)
                    builder.batch.queue.append(.add(queued))
                } else if random.chance(1, in: 2) {
                    builder.batch.queue.append(
                        .update(message, state: state, attempts: random.below(9), expires: expires, retryAt: expires))
                } else {
                    builder.batch.queue.append(.remove(message))
                }
            }
        }
    }

    private func changeUserTokens() throws {
        let count = 1 + random.below(5)
        note("users' tokens \(count)")
        var changes: [StoredTokensChange] = []
        for _ in 0..<count {
            let user = try UserTokenPromises.user("user-\(random.below(7))", of: random.element(of: ["a", "b"]))
            if random.chance(1, in: 3) {
                changes.append(.remove(user))
            } else {
                let bytes = { [UInt8](repeating: UInt8(self.random.below(256)), count: $0) }
                changes.append(
                    .keep(
                        StoredUserTokens(
                            user: user, master: random.element(of: masters).id, key: bytes(60),
                            sealed: bytes(1 + random.below(6000)))))
            }
        }
        try commit { $0.batch.userTokens = changes }
    }

    private func tend() throws {
        note("recover, scrub")
        try gateway.store.recover()
        try gateway.store.scrub()
        try gateway.store.checkPlace()
    }
}

extension JournalStore {
    fileprivate func isGone(_ message: MessageID) -> Bool {
        (try? life(of: message)) == .some(.none)
    }
}
