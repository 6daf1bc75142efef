import SeededCases
import Messaging
import Testing

/// The gateway's own ids: UUIDs of version 7 that sort by time.
@Suite struct MessageIDTests {
    private func isUUIDv7(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let digits = Set("0123456789abcdef")
        return parts.map(\.count) == [8, 4, 4, 4, 12] && parts.joined().allSatisfy(digits.contains)
            && parts[2].first == "7" && "89ab".contains(parts[3].prefix(1))
    }

    @Test func `an id shows its time, version, variant and random bits`() {
        let id = MessageID(unixMilliseconds: 0x0198_1234_5678, random: (0xFFFF_FFFF_FFFF_FABC, 0x1234_5678_9ABC_DEF0))
        #expect(id.description == "01981234-5678-7abc-9234-56789abcdef0")
        // The example of RFC 9562 appendix A.6.
        let example = MessageID(unixMilliseconds: 0x017F_22E2_79B0, random: (0xCC3, 0x18C4_DC0C_0C07_398F))
        #expect(example.description == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
    }

    @Test func `version and variant hold whatever the random bits are`() {
        var random = SplitMix64()
        let extremes: [UInt64] = [0, .max, 1, 1 << 63, 0x7000, 0x0FFF, 0xF000]
        for first in extremes {
            for second in extremes {
                #expect(isUUIDv7(MessageID(unixMilliseconds: 0, random: (first, second)).description))
                #expect(isUUIDv7(MessageID(unixMilliseconds: .max, random: (first, second)).description))
            }
        }
        for number in 0..<2_000 {
            let id = MessageID(unixMilliseconds: random.next() >> 16, random: (random.next(), random.next()))
            #expect(isUUIDv7(id.description), "\(replay(number)): \(id)")
        }
    }

    @Test func `ids of different times sort by time as texts`() {
        var random = SplitMix64()
        for number in 0..<2_000 {
            let earlier = random.next() >> 17
            let later = earlier + 1 + random.next() >> 40
            let first = MessageID(unixMilliseconds: earlier, random: (random.next(), random.next()))
            let second = MessageID(unixMilliseconds: later, random: (random.next(), random.next()))
            #expect(first.description < second.description, "\(replay(number)): \(first) \(second)")
        }
    }

    @Test func `74 random bits make the difference between ids of one millisecond`() {
        let base = MessageID(unixMilliseconds: 1, random: (0, 0))
        var ids: Set<MessageID> = [base]
        for bit in 0..<12 { ids.insert(MessageID(unixMilliseconds: 1, random: (1 << UInt64(bit), 0))) }
        for bit in 0..<62 { ids.insert(MessageID(unixMilliseconds: 1, random: (0, 1 << UInt64(bit)))) }
        #expect(ids.count == 75)
        #expect(Set(ids.map(\.description)).count == 75)
        #expect(base == MessageID(unixMilliseconds: 1, random: (0xF000, 3 << 62)))
    }
}
