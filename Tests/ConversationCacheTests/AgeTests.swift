@testable import ConversationCache
import NIOCore
import SeededCases
import Testing

/// RFC 9111 section 4.2.3 and 5.1: how old an answer is.
@Suite struct AgeTests {
    struct Case: CustomTestStringConvertible {
        /// How far Date lies back; nil where there is none.
        var date: Int?
        var age: Int?
        var delay: Int64 = 0
        var resident: Int64 = 0
        let expected: Int64

        var testDescription: String { "date \(date ?? 0), age \(age ?? 0), delay \(delay), resident \(resident)" }
    }

    static let cases = [
        Case(expected: 0), Case(resident: 4, expected: 4), Case(delay: 3, expected: 3),
        Case(delay: 3, resident: 4, expected: 7),
        Case(age: 5, expected: 5), Case(age: 5, delay: 3, expected: 8),
        Case(age: 5, delay: 3, resident: 4, expected: 12),
        Case(date: 6, expected: 6), Case(date: 6, resident: 4, expected: 10),
        // The larger of the two counts, not their sum.
        Case(date: 6, age: 5, expected: 6), Case(date: 6, age: 5, delay: 3, expected: 8),
        Case(date: 2, age: 5, expected: 5), Case(date: 8, age: 5, delay: 3, resident: 1, expected: 9),
        // A clock that is ahead of ours makes nothing younger.
        Case(date: -6, expected: 0), Case(date: -6, age: 5, delay: 3, expected: 8),
        Case(age: 0, delay: 0, resident: 0, expected: 0),
        Case(age: 2_147_483_648, expected: 2_147_483_648), Case(age: .max, expected: 2_147_483_648),
    ]

    private func fields(_ example: Case, _ control: String?, expires: Int? = nil) -> ResponseFields {
        .said(
            control, age: example.age, date: example.date.map { CacheRig.unixStart - $0 },
            expires: expires.map { .at($0) }
        )
    }

    @Test(arguments: cases, ["max-age=100", nil]) func `age is the larger estimate and the time here`(
        example: Case,
        control: String?
    ) {
        let said = fields(example, control, expires: control == nil ? CacheRig.unixStart + 100 : nil)
        let received = CacheRig.start
        let times = AnswerTimes(
            requested: received - example.delay * CacheRig.second, received: received,
            receivedUnix: CacheRig.unixStart
        )
        let entry = CacheEntry(
            content: .conversation(body: ByteBuffer(), entityTag: ""), fields: said,
            freshness: Freshness(of: said, times: times, ttl: 0), received: received, fetch: FetchID(number: 1)
        )
        let now = received + example.resident * CacheRig.second
        #expect(entry.age(at: now) == example.expected * CacheRig.second)
        let lifetime = control == nil ? 100 + Int64(example.date ?? 0) : 100
        #expect(entry.remaining(at: now) == (lifetime - example.expected) * CacheRig.second)
    }

    @Test(arguments: cases) func `what is left of the freshness and the age are those of the arithmetic`(
        example: Case
    ) throws {
        var rig = CacheRig()
        let fetch = try rig.begin()
        rig.end(fetch, .text("x", fields(example, "max-age=100")), took: example.delay)
        rig.pass(Double(example.resident))
        let left = 100 - example.expected
        if left > 0 {
            #expect(rig.ask() == .hit("x", ttl: Int(left), age: Int(example.expected)))
        } else {
            #expect(rig.ask() == .fetch)
        }
    }

    /// So that a clock of Divar's that is off can't switch the operator's `ttl` off.
    @Test(arguments: [nil, 100, -100]) func `Date has no say where ttl decides, but Age and delay have`(
        lag: Int?
    ) throws {
        var rig = CacheRig()
        let fetch = try rig.begin()
        rig.end(fetch, .text("x", .said(age: 3, date: lag.map { rig.unix - $0 })), took: 2)
        #expect(rig.ask() == .hit("x", ttl: 5, age: 5))
        rig.pass(5)
        #expect(!rig.hits())
    }

    @Test func `a clock that goes back makes nothing younger`() throws {
        let fields = ResponseFields.said("max-age=100", age: 4)
        let times = AnswerTimes(requested: 20, received: 10, receivedUnix: 0)
        let freshness = Freshness(of: fields, times: times, ttl: 0)
        #expect(freshness.initialAge == 4_000_000)
    }

    @Test func `calendars out of all bounds don't trap`() {
        let extremes: [Int] = [.min, .min + 1, -1, 0, 1, .max - 1, .max]
        for (date, unix) in extremes.flatMap({ date in extremes.map { (date, $0) } }) {
            for expires in extremes {
                let fields = ResponseFields.said(age: .max, date: date, expires: .at(expires))
                let times = AnswerTimes(requested: 0, received: 0, receivedUnix: unix)
                let freshness = Freshness(of: fields, times: times, ttl: 0)
                #expect((0...2_147_483_648_000_000).contains(freshness.lifetime))
                #expect((0...2_147_483_648_000_000).contains(freshness.initialAge))
            }
        }
    }

    @Test func `any fields give the age and the lifetime of the text's formulas`() {
        var random = SplitMix64()
        for number in 0..<20_000 {
            let unix = CacheRig.unixStart + random.below(1_000)
            let date = random.chance(2, in: 3) ? unix + random.below(200) - 100 : nil
            let age = random.chance(1, in: 2) ? random.below(200) : nil
            let maxAge = random.chance(1, in: 2) ? random.below(200) : nil
            let expires = unix + random.below(300) - 150
            let delay = Int64(random.below(10_000_000))
            let fields = ResponseFields.said(
                maxAge.map { "max-age=\($0)" }, age: age, date: date, expires: .at(expires))
            let times = AnswerTimes(requested: 50, received: 50 + delay, receivedUnix: unix)
            let freshness = Freshness(of: fields, times: times, ttl: 77)

            let apparentAge = max(0, unix - (date ?? unix))
            let correctedAgeValue = Int64(age ?? 0) * CacheRig.second + delay
            #expect(
                freshness.initialAge == max(Int64(apparentAge) * CacheRig.second, correctedAgeValue),
                "\(replay(number))")
            let lifetime = maxAge ?? max(0, expires - (date ?? unix))
            #expect(freshness.lifetime == Int64(lifetime) * CacheRig.second, "\(replay(number))")
        }
    }

    @Test(arguments: [(nil, nil), (0, nil), (7, 7)] as [(Int?, Int?)])
    func `who asks Divar hears of an age only where Divar had it stored`(age: Int?, told: Int?) throws {
        var rig = CacheRig()
        let settlement = try rig.bring(.text("x", .said("max-age=60", age: age)))
        #expect(settlement.ages == [told])
    }
}
