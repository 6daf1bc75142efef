import ConversationCache
import Messaging
import NIOCore

extension Schedule {
    /// What the end of a call brings to those who wait for it.
    mutating func judge(_ settlement: Settlement, of index: Int, _ reply: Reply) throws {
        let call = calls[index]
        var next: CacheWaiter?
        for (waiter, notice) in settlement.notices {
            let number = Int(waiter.number)
            guard readers[number].state == .waiting(call.fetch.id) else {
                throw Violation("a notice for \(number), who doesn't wait for it")
            }
            readers[number].failures += reply.isFailure ? 1 : 0
            if readers[number].failures > 2 { throw Violation("\(number) sees a third fetch fail") }
            switch notice {
            case .answer(let answer): try judge(answer, of: call, reply, for: readers[number])
            case .problem(let problem, _):
                try judge(reply, of: problem.divar?.code, for: readers[number])
            case .fetch(let fetch):
                // A refusal meanwhile makes it one without validators.
                let isSame = fetch.id == call.fetch.id && fetch.key == call.fetch.key
                guard reply.isFailure, isSame, next == nil, readers[number].failures < 2 else {
                    throw Violation("a fetch once more without need")
                }
                next = waiter
                calls[index].fetch = fetch
                if fetch.validators.isEmpty { calls[index].asked = nil }
                continue
            }
            readers[number].state = .answered(call.fetch.id)
        }
        guard let next else {
            calls.remove(at: index)
            for reader in readers where reader.state == .waiting(call.fetch.id) {
                throw Violation("\(reader.waiter.number) isn't told that its fetch has ended")
            }
            return
        }
        tally.repeats += 1
        calls[index].maker = next
        (calls[index].begun, calls[index].requested, calls[index].seen) = (now, nil, nil)
        for number in readers.indices where readers[number].state == .waiting(call.fetch.id) {
            if readers[number].waiter != next { readers[number].failures += 1 }
            if readers[number].failures > 1 { throw Violation("\(number) waits for a third fetch") }
        }
    }

    private mutating func judge(_ answer: CachedAnswer, of call: Call, _ reply: Reply, for reader: Reader) throws {
        if answer.status.detail == .staleIfError {
            tally.standIns += 1
            guard reply.isFailure else { throw Violation("a stale answer although Divar answered") }
            return try judgeMemory(answer, for: reader, use: .onError)
        }
        let expected: Int? =
            switch reply {
            case .conversation, .unkept: brought.count - 1
            case .notModified: call.asked
            default: nil
            }
        guard let serial = serial(of: answer.content), serial == expected else {
            throw Violation("an answer that Divar didn't give")
        }
        try judge(answer.content, for: reader)
    }

    private func judge(_ reply: Reply, of serial: Int?, for reader: Reader) throws {
        switch reply {
        case .conversation, .unkept, .notModified: throw Violation("a problem although Divar answered")
        case .notFound:
            guard serial == brought.count - 1 else { throw Violation("another problem than Divar's") }
        default:
            guard serial == nil else { throw Violation("another problem than Divar's") }
        }
    }

    /// An answer that Divar wasn't asked for.
    mutating func judgeMemory(_ answer: CachedAnswer, for reader: Reader, use: MemoryUse) throws {
        try judge(answer.content, for: reader)
        guard let serial = serial(of: answer.content) else { throw Violation("an unknown answer") }
        let partition = World.partition(reader.key)
        if lives[partition].isOver(at: now) { throw Violation("an answer past the token's end") }
        if use != .fresh {
            guard reader.wish.takesStale else { throw Violation("a stale answer to a request that wants a fresh one") }
            let isSending = sends.contains { !$0.isToUser && $0.conversation == World.conversation(reader.key) }
            if isSending { throw Violation("a stale answer during a send") }
        }
        let isRight = kept.contains { kept in
            guard kept.serial == serial, kept.key == reader.key, answer.age == Int(kept.age(at: now) / World.second)
            else { return false }
            switch use {
            case .fresh: return kept.isFresh(at: now, for: reader.wish, settings)
            case .whileRevalidating:
                return kept.remaining(at: now, settings) <= 0 && kept.isUsable(at: now, onError: false, settings)
            case .onError: return kept.isUsable(at: now, onError: true, settings)
            }
        }
        guard isRight else { throw Violation("an answer that may not be used: \(use)") }
    }

    /// Whether an answer is its reader's, and not too old for it.
    private mutating func judge(_ content: CachedContent, for reader: Reader) throws {
        guard let serial = serial(of: content), brought.indices.contains(serial) else {
            throw Violation("an unknown answer")
        }
        let (key, version) = (brought[serial].key, brought[serial].version)
        if case .conversation(let body, _) = content {
            let expected = UInt64(serial) | UInt64(version) << 16 | UInt64(key) << 32
            guard body.getInteger(at: body.readerIndex) == expected else { throw Violation("a changed body") }
        }
        guard key == reader.key else { throw Violation("an answer of \(key), asked for \(reader.key)") }
        guard version >= reader.floor else {
            throw Violation("version \(version), where the read began after \(reader.floor)")
        }
        if version < floors[World.conversation(key)] { tally.lateAnswers += 1 }
        guard serial >= refusedBefore[World.token(key)] else {
            throw Violation("an answer from before the token's refusal")
        }
    }

    private func serial(of content: CachedContent) -> Int? {
        switch content {
        case .conversation(let body, _):
            body.getInteger(at: body.readerIndex, as: UInt64.self).map { Int($0 & 0xFFFF) }
        case .notFound(let problem): problem.divar?.code
        }
    }
}
