@testable import ConversationCache
import Messaging
import NIOCore
import SeededCases

extension Schedule {
    /// The moment at which Divar reads the conversation for a call.
    mutating func see() throws {
        guard let index = pick(calls.indices.filter { calls[$0].requested != nil && calls[$0].seen == nil }) else {
            return try read()
        }
        calls[index].seen = versions[World.conversation(calls[index].key)]
        note("Divar sees version \(calls[index].seen ?? -1) for \(calls[index].fetch.id.number)")
    }

    /// An order to make a fetch once more arrives.
    mutating func deliver() throws {
        let waiting = calls.indices.filter { calls[$0].requested == nil && !isGone(calls[$0].maker) }
        guard let index = pick(waiting) else { return try endSome() }
        if plant == .losesFetches {
            calls.remove(at: index)
            return
        }
        note("\(calls[index].fetch.id.number) is made once more")
        calls[index].requested = now
    }

    mutating func endSome() throws {
        guard let index = pick(calls.indices.filter { calls[$0].requested != nil }) else {
            return calls.isEmpty && random.chance(1, in: 2) ? beginSend() : sweep()
        }
        let call = calls[index]
        let seen = call.seen ?? versions[World.conversation(call.key)]
        let reply = self.reply(to: call, seen: seen)
        let said = random.element(of: Said.all)
        note("\(call.fetch.id.number) ends: \(reply), version \(seen), \(said.words)")
        let (before, count) = (cache.table.entry(call.fetch.key)?.fetch, cache.entryCount)
        if reply == .refused { fence(token: World.token(call.key)) }
        let settlement = end(call, with: reply, said, seen: seen)
        for (waiter, notice) in settlement.notices { note("    \(waiter.number): " + Trace.words(for: notice)) }
        if let before, let after = cache.table.entry(call.fetch.key)?.fetch, after < before {
            throw Violation("an older answer takes a newer one's place")
        }
        if settlement.isStored == true, before == nil, cache.entryCount <= count { tally.evictions += 1 }
        try judge(settlement, of: index, reply)
        remember(call, reply, said, isStored: settlement.isStored)
    }

    private mutating func sweep() {
        cache.sweep(now: now)
    }

    private mutating func reply(to call: Call, seen: Int) -> Reply {
        if let asked = call.asked, brought[asked].version == seen, random.chance(2, in: 3) {
            // What a refused token brought is nobody's any more, also where Divar would confirm it.
            return asked < refusedBefore[World.token(brought[asked].key)] ? .unaskedNotModified : .notModified
        }
        if random.chance(failures, in: 40) {
            return call.asked == nil && random.chance(1, in: 9) ? .unaskedNotModified : .failed
        }
        switch random.below(30) {
        case 0..<3: return .notFound
        case 3..<5: return .refused
        case 5: return .rejected
        case 6: return .unkept
        default: return .conversation
        }
    }

    private mutating func end(_ call: Call, with reply: Reply, _ said: Said, seen: Int) -> Settlement {
        let unix = World.unix(at: now)
        let times = AnswerTimes(requested: call.requested ?? now, received: now, receivedUnix: unix)
        let serial = brought.count
        var end: FetchEnd
        switch reply {
        case .conversation:
            let fields = said.fields(at: unix, validators: validators(serial))
            end = .conversation(body: body(serial, call.key, seen), entityTag: "", fields: fields)
        case .unkept: end = .unkept(body: body(serial, call.key, seen), entityTag: "", status: 203)
        case .notModified, .unaskedNotModified:
            end = .notModified(fields: said.fields(at: unix, validators: validators(call.asked ?? 0)))
        case .notFound: end = .notFound(World.notFound[serial])
        case .refused: end = plant == .forgetsRefusals ? .rejected(World.refusal) : .refused(World.refusal)
        case .rejected: end = .rejected(World.rejection)
        case .failed: end = .failed(World.failure)
        }
        if reply == .conversation || reply == .unkept || reply == .notFound {
            brought.append(Brought(key: call.key, version: seen))
        }
        return cache.end(call.fetch.id, with: end, times: times)
    }

    private mutating func validators(_ serial: Int) -> Validators {
        switch random.below(4) {
        case 0: Validators(entityTag: World.tags[serial])
        case 1: Validators(lastModified: World.changeDates[serial])
        default: Validators()
        }
    }

    private mutating func body(_ serial: Int, _ key: Int, _ version: Int) -> ByteBuffer {
        let padding = random.element(of: [0, 0, 300, 1200])
        var body = ByteBufferAllocator().buffer(capacity: 8 + padding)
        body.writeInteger(UInt64(serial) | UInt64(version) << 16 | UInt64(key) << 32)
        if padding > 0 { body.writeRepeatingByte(0, count: padding) }
        return body
    }

    /// What may answer from memory from now on. Where nobody was told whether it is kept, it may be.
    private mutating func remember(_ call: Call, _ reply: Reply, _ said: Said, isStored: Bool?) {
        guard !call.isFenced, settings.maximumBytes > 0 else { return }
        guard isStored ?? true else { return }
        let requested = call.requested ?? now
        var renewed: [Kept] = []
        switch reply {
        case .conversation, .notFound:
            let said = reply == .notFound ? nil : said
            renewed = [
                Kept(serial: brought.count - 1, key: call.key, said: said, requested: requested, received: now)
            ]
        case .notModified:
            tally.renewals += 1
            renewed = call.renews.map { Kept($0, renewedBy: said, requested: requested, received: now) }
        default: return
        }
        if isStored == true {
            kept.removeAll { $0.key == call.key }
        }
        kept += renewed
    }
}

extension Settlement {
    /// What those who were answered were told of it.
    fileprivate var isStored: Bool? {
        for (_, notice) in notices {
            switch notice {
            case .answer(let answer): return answer.status.isStored
            case .problem(_, let status): return status.isStored
            case .fetch: break
            }
        }
        return nil
    }
}
