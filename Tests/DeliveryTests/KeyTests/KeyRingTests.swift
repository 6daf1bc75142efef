import Delivery
import Testing

@Suite struct KeyRingTests {
    private static let second: Int64 = 1_000_000
    private let send = "CHAT_BOT_SEND_MESSAGE"
    private let read = "CHAT_READ_CONVERSATION"

    private func ring(_ permissions: Set<String>?...) -> KeyRing {
        KeyRing(permissions.enumerated().map { (KeyID(number: $0.offset), $0.element) })
    }

    private func key(_ number: Int) -> KeyID { KeyID(number: number) }

    @Test func `keys are tried in the order of the configuration`() {
        var ring = ring(nil, nil, nil)
        #expect(ring.order(for: send, now: 0) == [key(0), key(1), key(2)])
    }

    @Test func `a key is only tried for what it is allowed`() {
        var ring = ring([send], [read, send], [read])
        #expect(ring.order(for: send, now: 0) == [key(0), key(1)])
        #expect(ring.order(for: read, now: 0) == [key(1), key(2)])
        #expect(ring.order(for: "CHAT_UPLOAD_MEDIA", now: 0).isEmpty)
    }

    @Test func `a key that Divar doesn't know goes behind the others for everything`() {
        var ring = ring(nil, nil)
        let change = ring.learn(.refused(key(0), isKnown: false), permission: send, now: 0)
        #expect(change == .refused(key(0), isKnown: false, retryIn: 30 * KeyRingTests.second))
        #expect(ring.order(for: send, now: 1) == [key(1), key(0)])
        #expect(ring.order(for: read, now: 1) == [key(1), key(0)])
    }

    @Test func `a key that isn't allowed one thing goes behind for that alone`() {
        var ring = ring(nil, nil)
        #expect(ring.learn(.refused(key(0), isKnown: true), permission: send, now: 0) != nil)
        #expect(ring.order(for: send, now: 1) == [key(1), key(0)])
        #expect(ring.order(for: read, now: 1) == [key(0), key(1)])
    }

    @Test func `the only key is tried, whatever Divar said of it`() {
        var ring = ring(nil)
        _ = ring.learn(.refused(key(0), isKnown: false), permission: send, now: 0)
        #expect(ring.order(for: send, now: 1) == [key(0)])
    }

    @Test func `one call at a time tries a refused key again, later each time`() {
        var ring = ring(nil, nil)
        _ = ring.learn(.refused(key(0), isKnown: false), permission: send, now: 0)
        var due = 30 * KeyRingTests.second
        var backoff = due
        for _ in 0..<10 {
            #expect(ring.order(for: send, now: due - 1) == [key(1), key(0)])
            #expect(ring.order(for: send, now: due) == [key(0), key(1)])
            #expect(ring.order(for: send, now: due) == [key(1), key(0)], "another call is the try")
            #expect(ring.learn(.refused(key(0), isKnown: false), permission: send, now: due) == nil)
            backoff = min(backoff * 2, 3600 * KeyRingTests.second)
            due += backoff
        }
    }

    @Test func `calls that were under way when a key was refused don't count as tries`() {
        var ring = ring(nil, nil)
        for _ in 0..<5 { _ = ring.learn(.refused(key(0), isKnown: false), permission: send, now: 0) }
        #expect(ring.order(for: send, now: 30 * KeyRingTests.second) == [key(0), key(1)])
    }

    @Test func `a key that Divar takes again is back in its place`() {
        var ring = ring(nil, nil)
        _ = ring.learn(.refused(key(0), isKnown: false), permission: send, now: 0)
        #expect(ring.learn(.accepted(key(0)), permission: send, now: 1) == .back(key(0)))
        #expect(ring.learn(.accepted(key(0)), permission: send, now: 1) == nil)
        #expect(ring.order(for: send, now: 1) == [key(0), key(1)])
    }

    // MARK: New keys

    @Test func `a new key waits behind all until a probe says that it is good`() {
        var ring = ring(nil, nil)
        ring.offer(key(7), permissions: nil, at: 0, now: 0)
        #expect(ring.order(for: send, now: 0) == [key(0), key(1), key(7)])
        #expect(ring.dueProbes(now: 0) == [key(7)])
        #expect(ring.dueProbes(now: 1) == [], "one probe at a time")
        #expect(ring.probed(key(7), .accepted, now: 1) == .trusted(key(7), insteadOf: key(0)))
        #expect(ring.order(for: send, now: 1) == [key(7), key(1)])
        #expect(ring.keys == [key(7), key(1)])
    }

    @Test func `a new key that Divar doesn't take leaves the old one where it is`() {
        var ring = ring(nil)
        ring.offer(key(7), permissions: nil, at: 0, now: 0)
        #expect(ring.dueProbes(now: 0) == [key(7)])
        #expect(ring.probed(key(7), .refused, now: 0) == .rejected(key(7)))
        #expect(ring.order(for: send, now: 0) == [key(0), key(7)])
        #expect(ring.dueProbes(now: 5 * KeyRingTests.second - 1) == [])
        #expect(ring.dueProbes(now: 5 * KeyRingTests.second) == [key(7)])
        #expect(ring.probed(key(7), .refused, now: 5 * KeyRingTests.second) == nil, "said once")
        #expect(ring.dueProbes(now: 15 * KeyRingTests.second - 1) == [])
        #expect(ring.dueProbes(now: 15 * KeyRingTests.second) == [key(7)])
    }

    @Test func `a probe that is never answered is made again`() {
        var ring = ring(nil)
        ring.offer(key(7), permissions: nil, at: 0, now: 0)
        #expect(ring.dueProbes(now: 0) == [key(7)])
        #expect(ring.dueProbes(now: 60 * KeyRingTests.second) == [key(7)])
        #expect(ring.probed(key(7), .undecided, now: 60 * KeyRingTests.second) == nil)
        #expect(ring.dueProbes(now: 65 * KeyRingTests.second) == [key(7)])
    }

    @Test func `a new key that a call had to take is proved by that`() {
        var ring = ring(nil)
        ring.offer(key(7), permissions: nil, at: 0, now: 0)
        _ = ring.learn(.refused(key(0), isKnown: false), permission: send, now: 0)
        #expect(ring.order(for: send, now: 0) == [key(7), key(0)])
        #expect(ring.learn(.accepted(key(7)), permission: send, now: 0) == .trusted(key(7), insteadOf: key(0)))
        #expect(ring.order(for: send, now: 0) == [key(7)])
    }

    @Test func `a third key takes the place of a second that was not proved`() {
        var ring = ring(nil)
        ring.offer(key(7), permissions: nil, at: 0, now: 0)
        ring.withdraw(at: 0)
        ring.offer(key(8), permissions: nil, at: 0, now: 0)
        #expect(ring.probed(key(7), .accepted, now: 0) == nil)
        #expect(ring.keys == [key(0), key(8)])
    }
}
