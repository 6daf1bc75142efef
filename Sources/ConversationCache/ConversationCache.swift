package import Messaging

/// Conversations that were read, for those who may read them again. Decides, and does nothing: it is told of reads, of
/// sends and of the ends of fetches, and says what is to be done.
///
/// `now` is in microseconds of a clock that never goes back. What is kept stays within `CacheSettings.maximumBytes`.
/// Sources: RFC 9111 (HTTP Caching), RFC 5861 (stale answers), RFC 9211 (Cache-Status).
package struct ConversationCache: Sendable {
    /// What a conversation has here; forgotten when it has nothing any more.
    struct ConversationState {
        var keys: Set<CacheKey> = []
        var fills: Set<FetchID> = []
        /// Sends that are under way.
        var sends = 0
        /// Until when a send may still arrive of which nobody knows; 0 where there is none.
        var doubtEnd: Int64 = 0

        var isEmpty: Bool { keys.isEmpty && fills.isEmpty && sends == 0 && doubtEnd == 0 }
    }

    package private(set) var settings: CacheSettings
    private(set) var table: EntryTable
    var partitions = PartitionTable()
    var conversations: [ConversationID: ConversationState] = [:]
    var fills: [FetchID: Fill] = [:]
    /// The fetches that further reads of their keys may wait for.
    var joinable: [CacheKey: FetchID] = [:]
    private var lastFetch: UInt64 = 0
    private var lastWord: UInt64 = 0
    /// Conversations in doubt, in the order in which that ends.
    private var doubts: [(conversation: ConversationID, end: Int64)] = []
    /// Until when any conversation may still change.
    private var doubtEnd: Int64 = 0

    package init(settings: CacheSettings) {
        self.settings = settings
        table = EntryTable(maximumBytes: settings.maximumBytes)
    }

    package var entryCount: Int { table.count }
    package var bytes: Int { table.bytes }
    /// How many fetches were begun, ever.
    package var fetchCount: Int { Int(lastFetch) }
    /// How many fetches may not be kept, because something changed while they were under way.
    package private(set) var fenceCount = 0
    /// How many entries had to make room for others.
    package private(set) var evictionCount = 0

    /// Takes new settings, and gives all memory back.
    package mutating func reconfigure(_ settings: CacheSettings) {
        self.settings = settings
        removeAll()
        table = EntryTable(maximumBytes: settings.maximumBytes)
        partitions = PartitionTable()
    }

    // MARK: Reads

    package mutating func decide(_ read: CacheRead, now: Int64) -> CacheDecision {
        let isOnlyIfCached = read.directives.isOnlyIfCached
        if settings.maximumBytes == 0 { return isOnlyIfCached ? .notCached : .bypass(.bypass) }
        for key in partitions.meet(read.key.partition, now: now) { remove(key) }
        let word = read.tokenEnd.map { TokenWord(end: $0, number: nextWord()) }
        if let word { partitions.hear(word, of: read.key.partition) }
        if read.directives.isNoStore { return isOnlyIfCached ? .notCached : .bypass(.request) }
        let entry = liveEntry(for: read, now: now)
        if let entry, let answer = answer(read, from: entry, now: now) {
            let refreshes = answer.status.detail == .staleWhileRevalidate && !isOnlyIfCached
            return .answer(answer, refresh: refreshes ? beginRefresh(of: entry, for: read, word: word, now: now) : nil)
        }
        if isOnlyIfCached { return .notCached }
        if let id = joinable[read.key], let fill = fills[id], read.takes(age: now - fill.begun, remaining: .max) {
            fills[id]?.waiting.append(Fill.Waiting(read: read, isCollapsed: true))
            if let word { fills[id]?.tokenEnd = word }
            return .wait(id)
        }
        var reason = ForwardReason.missing
        if let entry { reason = entry.remaining(at: now) > 0 && !entry.needsRevalidation ? .request : .stale }
        let fetch = begin(read, reason: reason, revalidating: entry, word: word, isBackground: false, now: now)
        return .fetch(fetch)
    }

    private mutating func nextWord() -> UInt64 {
        lastWord += 1
        return lastWord
    }

    /// The entry under a read's key, as long as the token lives that brought it.
    private mutating func liveEntry(for read: CacheRead, now: Int64) -> CacheEntry? {
        guard let entry = table.use(read.key) else { return nil }
        guard let end = partitions.end(of: read.key.partition), end > now else {
            for key in partitions.keys(of: read.key.partition) { remove(key) }
            return nil
        }
        return entry
    }

    private func answer(_ read: CacheRead, from entry: CacheEntry, now: Int64) -> CachedAnswer? {
        let (age, remaining) = (entry.age(at: now), entry.remaining(at: now))
        var status = CacheStatus()
        status.isHit = true
        status.ttl = entry.ttlSeconds(at: now)
        if remaining > 0 {
            guard !entry.needsRevalidation, read.takes(age: age, remaining: remaining) else { return nil }
            if case .notFound = entry.content { status.detail = .negative }
        } else {
            let window = entry.staleWindow(for: .whileRevalidating, settings: settings)
            guard read.takesStale, remaining + window > 0, !isFenced(read.key.conversation) else { return nil }
            status.detail = .staleWhileRevalidate
        }
        return CachedAnswer(content: entry.content, age: entry.ageSeconds(at: now), status: status)
    }

    private mutating func beginRefresh(
        of entry: CacheEntry,
        for read: CacheRead,
        word: TokenWord?,
        now: Int64
    ) -> Fetch? {
        guard joinable[read.key] == nil else { return nil }
        return begin(read, reason: .stale, revalidating: entry, word: word, isBackground: true, now: now)
    }

    private mutating func begin(
        _ read: CacheRead,
        reason: ForwardReason,
        revalidating entry: CacheEntry?,
        word: TokenWord?,
        isBackground: Bool,
        now: Int64
    ) -> Fetch {
        lastFetch += 1
        let id = FetchID(number: lastFetch)
        let hasValidators = entry.map { !$0.fields.validators.isEmpty } ?? false
        var fill = Fill(
            id: id, key: read.key, reason: reason, begun: now,
            waiting: isBackground ? [] : [Fill.Waiting(read: read, isCollapsed: false)], isBackground: isBackground,
            revalidated: hasValidators ? entry : nil, tokenEnd: word
        )
        fill.isConditional = hasValidators
        fill.isDoubtful = isDoubtful(read.key.conversation, now: now)
        fills[id] = fill
        joinable[read.key] = id
        conversations[read.key.conversation, default: ConversationState()].fills.insert(id)
        return fill.fetch
    }

    /// Whoever waited has waited long enough.
    ///
    /// - Returns: false where an answer or a fetch is on its way to it.
    package mutating func abandon(_ waiter: CacheWaiter, of id: FetchID) -> Bool {
        // Whoever makes the fetch, or is about to, can't leave it: its end is everybody's.
        guard let fill = fills[id], let index = fill.waiting.firstIndex(where: { $0.read.waiter == waiter }),
            fill.isBackground || index > 0
        else { return false }
        fills[id]?.waiting.remove(at: index)
        return true
    }

    /// Whether nobody waits for a fetch but whoever makes it.
    package func isForOne(_ id: FetchID) -> Bool {
        fills[id].map { !$0.isBackground && $0.waiting.count == 1 } ?? false
    }

    // MARK: Sends

    /// A send to a conversation is about to leave: what was asked for before may answer whoever asked, and is not kept.
    package mutating func beginSend(to conversation: ConversationID) {
        fence(conversation)
        conversations[conversation, default: ConversationState()].sends += 1
    }

    /// It has an outcome. Where it isn't proven that nothing was sent, whatever was read before is old.
    package mutating func endSend(to conversation: ConversationID, isProvenNotSent: Bool) {
        if let sends = conversations[conversation]?.sends, sends > 0 { conversations[conversation]?.sends = sends - 1 }
        if !isProvenNotSent { drop(conversation) }
        tidy(conversation)
    }

    /// It isn't known whether it was sent: it may still arrive, so for a while nothing is kept of that conversation, or
    /// of any where none can be named.
    package mutating func doubt(_ conversation: ConversationID?, now: Int64) {
        let end = now + CacheSettings.doubt
        guard let conversation else {
            doubtEnd = max(doubtEnd, end)
            return
        }
        // Loops may tell of their sends in another order than they ended in.
        let known = conversations[conversation]?.doubtEnd ?? 0
        guard end > known else { return }
        conversations[conversation, default: ConversationState()].doubtEnd = end
        doubts.append((conversation, end))
    }

    /// Something has changed in a conversation: drops it in every partition.
    package mutating func drop(_ conversation: ConversationID) {
        fence(conversation)
        for key in conversations[conversation]?.keys ?? [] { remove(key) }
    }

    /// A message went, or may have gone, into a conversation that nobody can name: it may be any of them.
    package mutating func removeAll() {
        for id in Array(fills.keys) { fence(id) }
        for key in conversations.values.flatMap(\.keys) { remove(key) }
    }

    /// Divar refused a token: nothing that it brought is used again, whoever presents it.
    package mutating func drop(_ token: TokenDigest) {
        for (id, fill) in fills where fill.key.partition.token == token {
            fence(id)
            fills[id]?.revalidated = nil
        }
        for key in partitions.keys(of: token) { remove(key) }
    }

    /// Gives up what is of no use any more, some of it at each call.
    package mutating func sweep(now: Int64) {
        for key in useless(now: now) { remove(key) }
        let over = doubts.prefix { $0.end <= now }
        for (conversation, end) in over where conversations[conversation]?.doubtEnd == end {
            conversations[conversation]?.doubtEnd = 0
            tidy(conversation)
        }
        doubts.removeFirst(over.count)
    }

    private mutating func useless(now: Int64) -> [CacheKey] {
        let (settings, partitions) = (settings, partitions)
        return table.sweep(CacheSettings.sweepStep) { key, entry in
            !entry.isOfUse(at: now, settings: settings) || partitions.end(of: key.partition).map { $0 <= now } ?? true
        }
    }

    // MARK: Keeping

    private func isFenced(_ conversation: ConversationID) -> Bool { (conversations[conversation]?.sends ?? 0) > 0 }

    private func isDoubtful(_ conversation: ConversationID, now: Int64) -> Bool {
        now < doubtEnd || now < conversations[conversation]?.doubtEnd ?? 0
    }

    private mutating func fence(_ conversation: ConversationID) {
        for id in conversations[conversation]?.fills ?? [] { fence(id) }
    }

    private mutating func fence(_ id: FetchID) {
        guard let key = fills[id]?.key else { return }
        if fills[id]?.isFenced == false { fenceCount += 1 }
        fills[id]?.isFenced = true
        if joinable[key] == id { joinable[key] = nil }
    }

    /// A stale entry that stands in for an answer that Divar doesn't give.
    func standIn(for fill: Fill, now: Int64) -> CacheEntry? {
        guard let entry = table.entry(fill.key), !isFenced(fill.key.conversation),
            let end = partitions.end(of: fill.key.partition), end > now,
            !entry.needsRevalidation, case .conversation = entry.content,
            entry.remaining(at: now) + entry.staleWindow(for: .onError, settings: settings) > 0
        else { return nil }
        return entry
    }

    /// Keeps what a fetch brought, unless something speaks against it.
    ///
    /// - Returns: whether it is kept.
    mutating func keep(_ entry: CacheEntry, of fill: Fill, now: Int64) -> Bool {
        guard !fill.isFenced, !fill.isDoubtful, !isDoubtful(fill.key.conversation, now: now) else { return false }
        if let kept = table.entry(fill.key), kept.fetch > fill.id { return false }
        guard isKeepable(entry, now: now) else {
            // Whatever stood there is superseded all the same.
            remove(fill.key)
            return false
        }
        let partition = fill.key.partition
        // It may have been forgotten meanwhile, with its end.
        for key in partitions.meet(partition, now: fill.begun) { remove(key) }
        if let word = fill.tokenEnd { partitions.hear(word, of: partition) }
        guard let end = partitions.end(of: partition), end > now else {
            remove(fill.key)
            return false
        }
        let evicted = table.insert(entry, under: fill.key)
        evictionCount += evicted.count
        guard !evicted.contains(fill.key) else {
            for key in evicted { unlink(key) }
            return false
        }
        partitions.link(fill.key)
        conversations[fill.key.conversation, default: ConversationState()].keys.insert(fill.key)
        for key in evicted { unlink(key) }
        return true
    }

    /// RFC 9111 section 3, as far as it speaks of answers.
    private func isKeepable(_ entry: CacheEntry, now: Int64) -> Bool {
        let isForbidden = entry.fields.cacheControl?.isNoStore ?? false
        return !isForbidden && !entry.fields.variesBeyondKey && entry.isOfUse(at: now, settings: settings)
    }

    /// There is an answer to a later question: those to earlier ones are not kept any more.
    mutating func supersede(before fill: Fill) {
        for id in conversations[fill.key.conversation]?.fills ?? [] where id < fill.id && fills[id]?.key == fill.key {
            fills[id]?.isFenced = true
        }
    }

    mutating func remove(_ key: CacheKey) {
        if table.remove(key) { unlink(key) }
    }

    private mutating func unlink(_ key: CacheKey) {
        partitions.unlink(key)
        conversations[key.conversation]?.keys.remove(key)
        tidy(key.conversation)
    }

    mutating func tidy(_ conversation: ConversationID) {
        if conversations[conversation]?.isEmpty == true { conversations[conversation] = nil }
    }
}
