@testable import ConversationCache

/// What must hold of the cache itself, whatever happened.
extension Schedule {
    var isEmpty: Bool { cache.conversations.isEmpty && cache.fills.isEmpty && cache.joinable.isEmpty }

    mutating func checkBounds() throws {
        guard cache.bytes <= settings.maximumBytes else {
            throw Violation("\(cache.bytes) bytes of \(settings.maximumBytes)")
        }
        let (bytes, count) = (cache.bytes, cache.entryCount)
        guard count >= 0, bytes >= count * CacheSettings.entryOverhead, count > 0 || bytes == 0 else {
            throw Violation("\(bytes) bytes of \(count) entries")
        }
    }

    func checkState() throws {
        let linked = cache.conversations.values.flatMap(\.keys)
        guard linked.count == cache.entryCount else {
            throw Violation("\(linked.count) keys of \(cache.entryCount) entries")
        }
        var bytes = 0
        for key in linked {
            guard let entry = cache.table.entry(key) else { throw Violation("a key without an entry") }
            bytes += EntryTable.size(of: entry, under: key)
            guard cache.partitions.keys(of: key.partition).contains(key) else {
                throw Violation("an entry that its token's refusal would leave")
            }
        }
        guard bytes == cache.bytes else { throw Violation("\(cache.bytes) bytes are counted, and there are \(bytes)") }
        for (key, id) in cache.joinable {
            guard let fill = cache.fills[id], fill.key == key, !fill.isFenced else {
                throw Violation("\(id) can be joined and should not")
            }
        }
        guard cache.fills.count == calls.count else {
            throw Violation("\(cache.fills.count) fetches of which \(calls.count) are made")
        }
        for call in calls { try checkWaiters(of: call) }
    }

    private func checkWaiters(of call: Call) throws {
        guard let fill = cache.fills[call.fetch.id] else { throw Violation("\(call.fetch.id) is forgotten") }
        let waiting = readers.filter { $0.state == .waiting(call.fetch.id) }.map(\.waiter)
        guard fill.waiting.map(\.read.waiter).sorted(by: { $0.number < $1.number }) == waiting else {
            throw Violation("others wait for \(call.fetch.id) than were told to")
        }
    }
}
