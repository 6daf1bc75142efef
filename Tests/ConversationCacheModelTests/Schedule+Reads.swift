import ConversationCache
import SeededCases

extension Schedule {
    mutating func read() throws {
        let key = random.element(of: keys)
        let wish = random.chance(1, in: 4) ? random.element(of: Wish.all) : Wish.none
        var end: Int64?
        if saysTokenEnds, random.chance(1, in: 2) {
            end = now + random.element(of: [3, 3, 6, 10, 40, 7200, 0]) * World.second
        }
        let waiter = CacheWaiter(loop: 0, number: UInt64(readers.count))
        let floor = floors[World.conversation(key)]
        note("\(readers.count) reads \(key) [\(wish.text)]" + (end.map { ", token ends in \($0 - now)" } ?? ""))
        if settings.maximumBytes > 0 { hear(end, of: key) }
        readers.append(Reader(waiter: waiter, key: key, wish: wish, floor: floor))
        let asked = self.asked(key)
        let read = CacheRead(
            key: World.keys[asked], directives: plant == .ignoresWishes ? Wish.none.parsed : wish.parsed,
            tokenEnd: plant == .forgetsTokenEnds ? nil : end, waiter: waiter
        )
        let decision = cache.decide(read, now: plant == .livesInThePast ? World.start : now)
        note("    " + Trace.words(for: decision))
        try judge(decision, for: readers.count - 1, asked: asked)
    }

    private mutating func hear(_ end: Int64?, of key: Int) {
        let partition = World.partition(key)
        for other in lives.indices where other >> 2 == World.token(key) { lives[other].see(at: now) }
        if let end { lives[partition].hear(end) }
        if lives[partition].isOver(at: now), kept.contains(where: { World.partition($0.key) == partition }) {
            tally.tokenEnds += 1
        }
    }

    private func asked(_ key: Int) -> Int {
        switch plant {
        case .mixesConversations: key & ~1
        case .mixesApps: key & ~4
        case .mixesTokens: key & ~8
        default: key
        }
    }

    private mutating func judge(_ decision: CacheDecision, for number: Int, asked: Int) throws {
        let reader = readers[number]
        let wish = reader.wish
        let mayFetch = settings.maximumBytes > 0 && !wish.isNoStore && !wish.isOnlyIfCached
        switch decision {
        case .answer(let answer, let refresh):
            try judgeHit(answer, for: reader)
            try judge(refresh, with: answer, for: reader, asked: asked)
        case .fetch(let fetch):
            guard mayFetch else { throw Violation("a fetch that the request forbids") }
            try checkCoalescing(wish, asked: asked)
            try order(fetch, key: asked, maker: reader.waiter)
            readers[number].state = .waiting(fetch.id)
        case .wait(let id):
            tally.joins += 1
            guard mayFetch, let call = calls.first(where: { $0.fetch.id == id }), call.key == asked else {
                throw Violation("waits for no fetch of its own")
            }
            if call.isFenced { throw Violation("joins a fetch that is older than what it has to see") }
            if wish.isNoCache { throw Violation("joins an earlier fetch in spite of no-cache") }
            if let maxAge = wish.maxAge, now - call.begun > Int64(maxAge) * World.second {
                throw Violation("joins a fetch older than its max-age")
            }
            readers[number].state = .waiting(id)
        case .bypass:
            guard settings.maximumBytes == 0 || wish.isNoStore, !wish.isOnlyIfCached else {
                throw Violation("goes past the cache without need")
            }
        case .notCached:
            guard wish.isOnlyIfCached else { throw Violation("is refused without need") }
        }
    }

    private mutating func judgeHit(_ answer: CachedAnswer, for reader: Reader) throws {
        switch answer.status.detail {
        case .staleWhileRevalidate:
            tally.staleHits += 1
            try judgeMemory(answer, for: reader, use: .whileRevalidating)
        case .negative:
            tally.negativeHits += 1
            try judgeMemory(answer, for: reader, use: .fresh)
        default:
            tally.hits += 1
            try judgeMemory(answer, for: reader, use: .fresh)
        }
    }

    private mutating func judge(_ refresh: Fetch?, with answer: CachedAnswer, for reader: Reader, asked: Int) throws {
        let isStale = answer.status.detail == .staleWhileRevalidate
        if let refresh {
            guard isStale, !reader.wish.isOnlyIfCached else { throw Violation("a refresh without need") }
            try checkCoalescing(Wish.none, asked: asked)
            try order(refresh, key: asked, maker: nil)
        } else if isStale, !reader.wish.isOnlyIfCached, !calls.contains(where: { $0.key == asked && !$0.isFenced }) {
            throw Violation("a stale answer that nobody refreshes")
        }
    }

    /// A plain read shares the fetch that was ordered last for its key, while nothing makes that one old.
    private func checkCoalescing(_ wish: Wish, asked: Int) throws {
        guard wish.takesStale, let call = calls.first(where: { $0.fetch.id == newest[asked] }) else { return }
        if !call.isShut { throw Violation("a second fetch beside \(call.fetch.id)") }
    }

    private mutating func order(_ fetch: Fetch, key: Int, maker: CacheWaiter?) throws {
        guard fetch.key == World.keys[key] else { throw Violation("a fetch of another key") }
        guard !calls.contains(where: { $0.fetch.id == fetch.id }) else { throw Violation("a fetch's name twice") }
        var asked: Int?
        if !fetch.validators.isEmpty {
            asked =
                World.tags.firstIndex { $0 == fetch.validators.entityTag }
                ?? World.changeDates.firstIndex { $0 == fetch.validators.lastModified }
            guard let asked, brought[asked].key == key else { throw Violation("validators of another key") }
            guard asked >= refusedBefore[World.token(key)] else { throw Violation("validators of a refused token") }
        }
        let renews = asked == nil ? [] : kept.filter { $0.serial == asked }
        var call = Call(fetch, key: key, now: now, maker: maker, asked: asked, renews: renews)
        if plant == .losesFetches, random.chance(1, in: 20) { call.requested = nil }
        calls.append(call)
        newest[key] = fetch.id
    }

    mutating func abandon() throws {
        guard let number = pick(Array(readers.indices)) else { return }
        let reader = readers[number]
        switch reader.state {
        case .gone: return
        case .answered(let id):
            if cache.abandon(reader.waiter, of: id) { throw Violation("\(number) gives up what it has got") }
        case .waiting(let id):
            let isGone = cache.abandon(reader.waiter, of: id)
            note("\(number) gives up: \(isGone)")
            if isGone {
                readers[number].state = .gone
            } else if calls.first(where: { $0.fetch.id == id })?.maker != reader.waiter {
                throw Violation("\(number) can't give up, and nothing is on its way to it")
            }
        }
    }

    func isGone(_ maker: CacheWaiter?) -> Bool {
        maker.map { readers[Int($0.number)].state == .gone } ?? false
    }
}
