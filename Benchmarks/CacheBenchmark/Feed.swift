internal import ConversationCache
internal import Messaging
internal import NIOCore
internal import SeededCases

/// Asks the product's cache, and gives it what it doesn't have.
enum Feed {
    /// Long enough for nothing to grow stale.
    private static let forever: Int64 = 1 << 60

    static func settings(maximumBytes: Int) -> CacheSettings {
        var settings = CacheSettings()
        settings.maximumBytes = maximumBytes
        settings.ttl = forever
        return settings
    }

    /// - Returns: whether it was there.
    @discardableResult
    static func request(
        _ read: CacheRead,
        body: @autoclosure () -> ByteBuffer,
        fields: @autoclosure () -> ResponseFields = ResponseFields(),
        of cache: inout ConversationCache
    ) -> Bool {
        switch cache.decide(read, now: 1) {
        case .answer: return true
        case .fetch(let fetch):
            let end = FetchEnd.conversation(body: body(), entityTag: entityTag(fetch.id.hashValue), fields: fields())
            _ = cache.end(fetch.id, with: end, times: AnswerTimes(requested: 1, received: 1, receivedUnix: 1))
            return false
        case .wait, .bypass, .notCached: preconditionFailure("One read at a time, of a cache that is on.")
        }
    }

    static func read(conversation: Int, token: Int = 0, caller: CallerName = .local) -> CacheRead {
        guard let app = AppName("default"), let id = ConversationID(name(conversation)) else {
            preconditionFailure("They fit the grammar.")
        }
        var random = SplitMix64(seed: UInt64(token))
        let words = (0..<4).map { _ in random.next() }
        let partition = CachePartition(caller: caller, app: app, token: TokenDigest { words[$0] })
        return CacheRead(
            key: CacheKey(operation: .readConversation, conversation: id, partition: partition),
            directives: CacheControl(), tokenEnd: nil, waiter: CacheWaiter(loop: 0, number: 0)
        )
    }

    /// Parts of a few buffers, with the capacities of buffers of their own: they count alike and take no memory.
    static func slices(_ lengths: [Int]) -> [ByteBuffer] {
        var wholes: [Int: ByteBuffer] = [:]
        return lengths.map { length in
            let power = Int.bitWidth - max(0, length - 1).leadingZeroBitCount
            let whole = wholes[power] ?? ByteBuffer(repeating: 0x20, count: 1 << power)
            wholes[power] = whole
            return whole.getSlice(at: 0, length: length) ?? whole
        }
    }

    /// Half a SHA-256 in quotes, as far as its length goes.
    static func entityTag(_ number: Int) -> String {
        let digits = String(UInt32(truncatingIfNeeded: number), radix: 16)
        return "\"" + String(repeating: "0", count: 32 - digits.count) + digits + "\""
    }

    /// As long as Divar's.
    private static func name(_ conversation: Int) -> String {
        let digits = String(conversation, radix: 16)
        return "6f1c1f6a-7f0e-4c53-9e9b-" + String(repeating: "0", count: 12 - digits.count) + digits
    }
}
