import SeededCases
import DivarAPI
import Foundation
import Testing

/// Points in time, against a calendar that is counted out day by day and against Foundation's.
@Suite struct TimestampTests {
    private static let last: Int64 = 253_402_300_799_999_999

    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00Z"), (1, "1970-01-01T00:00:00.000001Z"),
        (999_999, "1970-01-01T00:00:00.999999Z"),
        (1_000_000, "1970-01-01T00:00:01Z"), (100_000, "1970-01-01T00:00:00.100000Z"),
        (951_782_399_000_000, "2000-02-28T23:59:59Z"), (951_782_400_000_000, "2000-02-29T00:00:00Z"),
        (951_868_800_000_000, "2000-03-01T00:00:00Z"), (1_709_164_800_000_000, "2024-02-29T00:00:00Z"),
        (4_107_542_400_000_000, "2100-03-01T00:00:00Z"), (4_107_456_000_000_000, "2100-02-28T00:00:00Z"),
        (1_735_689_599_999_999, "2024-12-31T23:59:59.999999Z"), (1_785_578_400_000_000, "2026-08-01T10:00:00Z"),
        (2_147_483_648_000_000, "2038-01-19T03:14:08Z"), (253_402_300_799_000_000, "9999-12-31T23:59:59Z"),
        (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
    ])
    func `a known time is written as it is known`(_ microseconds: Int64, _ text: String) {
        #expect(Timestamp.rfc3339(microseconds: microseconds) == text)
    }

    @Test(arguments: [Int64.min, -1_000_000, -1, 253_402_300_800_000_000, .max])
    func `a time that four digits of year cannot say is none`(_ microseconds: Int64) {
        #expect(Timestamp.rfc3339(microseconds: microseconds) == nil)
    }

    /// Walks all days to the year 9999 by the rule of leap years alone, and looks at every 61st.
    @Test func `every date is the one that counting the days gives`() {
        var (year, month, day) = (1970, 1, 1)
        var random = SplitMix64()
        for days in 0..<2_932_897 {
            if days.isMultiple(of: 61) {
                let second = random.below(86_400)
                let microseconds = Int64(days) * 86_400_000_000 + Int64(second) * 1_000_000
                let clock = [second / 3600, second / 60 % 60, second % 60].map { padded($0, 2) }.joined(separator: ":")
                let expected = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(clock)Z"
                #expect(Timestamp.rfc3339(microseconds: microseconds) == expected, "day \(days)")
            }
            day += 1
            guard day > length(ofMonth: month, in: year) else { continue }
            (month, day) = (month + 1, 1)
            if month > 12 { (year, month) = (year + 1, 1) }
        }
        #expect((year, month, day) == (10_000, 1, 1))
    }

    @Test func `random times are those of Foundation's formatter`() {
        let formatter = ISO8601DateFormatter()
        var random = SplitMix64()
        for number in 0..<2_000 {
            let microseconds = Int64.random(in: 0...TimestampTests.last, using: &random)
            let whole = formatter.string(from: Date(timeIntervalSince1970: Double(microseconds / 1_000_000)))
            let fraction = microseconds % 1_000_000
            let expected = fraction == 0 ? whole : "\(whole.dropLast()).\(padded(Int(fraction), 6))Z"
            #expect(Timestamp.rfc3339(microseconds: microseconds) == expected, "\(replay(number)): \(microseconds)")
        }
    }

    @Test func `what is written has the form of RFC 3339`() throws {
        var random = SplitMix64()
        for number in 0..<2_000 {
            let microseconds = Int64.random(in: 0...TimestampTests.last, using: &random)
            let text = try #require(Timestamp.rfc3339(microseconds: microseconds))
            #expect(Timestamp.isRFC3339(text), "\(replay(number)): \(text)")
        }
    }

    @Test(arguments: [
        "1985-04-12T23:20:50.52Z", "1996-12-19T16:39:57-08:00", "1990-12-31T23:59:60Z", "1990-12-31T15:59:60-08:00",
        "1937-01-01T12:00:27.87+00:20", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-08-01t10:00:00z",
        "2026-08-01T10:00:00-00:00", "2026-08-01T10:00:00.1Z", "2026-08-01T10:00:00.123456789012345678901234567890Z",
        "2026-08-01T10:00:00+23:59", "2026-08-01T00:00:00Z", "2026-02-31T00:00:00Z",
    ])
    func `a text of RFC 3339's form is one`(_ text: String) {
        #expect(Timestamp.isRFC3339(text))
    }

    @Test(arguments: [
        "", "Z", "2026", "2026-08-01", "10:00:00Z", "2026-08-01T10:00Z", "2026-08-01T10Z", "2026-08-01T10:00:00",
        "2026-08-01 10:00:00Z", "2026-08-01_10:00:00Z", "2026-8-01T10:00:00Z", "2026-08-1T10:00:00Z",
        "26-08-01T10:00:00Z",
        "02026-08-01T10:00:00Z", "+2026-08-01T10:00:00Z", "-2026-08-01T10:00:00Z", "2026-00-01T10:00:00Z",
        "2026-13-01T10:00:00Z", "2026-08-00T10:00:00Z", "2026-08-32T10:00:00Z", "2026-08-01T24:00:00Z",
        "2026-08-01T10:60:00Z", "2026-08-01T10:00:61Z", "2026-08-01T10:00:00.Z", "2026-08-01T10:00:00,5Z",
        "2026-08-01T10:00:00.5", "2026-08-01T10:00:00ZZ", "2026-08-01T10:00:00Z ", " 2026-08-01T10:00:00Z",
        "2026-08-01T10:00:00Z\n", "2026-08-01T10:00:00+3:30", "2026-08-01T10:00:00+0330", "2026-08-01T10:00:00+03",
        "2026-08-01T10:00:00+24:00", "2026-08-01T10:00:00+03:60", "2026-08-01T10:00:00+03:30Z",
        "2026-08-01T10:00:00 +03:30",
        "20260801T100000Z", "2026/08/01T10:00:00Z", "2026-08-01T10.00.00Z", "2026-08-01T+1:00:00Z",
        "2026-08-01T-1:00:00Z",
        "۲۰۲۶-۰۸-۰۱T۱۰:۰۰:۰۰Z", "2026-08-01T10:00:00.۵Z", "2026-W31-6T10:00:00Z", "2026-213T10:00:00Z",
        "1785578400000000",
        "2026-08-01T10:00:00Z\u{0}", "２026-08-01T10:00:00Z", "2026-08-01T10:00:00\u{2212}03:30",
    ])
    func `a text of another form is none`(_ text: String) {
        #expect(!Timestamp.isRFC3339(text))
    }

    private func length(ofMonth month: Int, in year: Int) -> Int {
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    private func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
