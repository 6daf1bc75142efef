import Messaging
import Testing

@Suite struct RecordTimeTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000000Z"),
        (1, "1970-01-01T00:00:00.000001Z"),
        (999_999, "1970-01-01T00:00:00.999999Z"),
        (1_000_000, "1970-01-01T00:00:01.000000Z"),
        (86_399_999_999, "1970-01-01T23:59:59.999999Z"),
        (86_400_000_000, "1970-01-02T00:00:00.000000Z"),
        (951_782_399_000_000, "2000-02-28T23:59:59.000000Z"),
        (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
        (951_868_800_000_000, "2000-03-01T00:00:00.000000Z"),
        (978_220_800_000_000, "2000-12-31T00:00:00.000000Z"),
        (1_077_926_400_000_000, "2004-02-28T00:00:00.000000Z"),
        (1_078_012_800_000_000, "2004-02-29T00:00:00.000000Z"),
        (1_795_399_323_456_789, "2026-11-23T02:02:03.456789Z"),
        (4_107_456_000_000_000, "2100-02-28T00:00:00.000000Z"),
        // 2100 has no leap day.
        (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
        (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
    ])
    func `a time is written as the calendar has it`(microseconds: Int64, text: String) {
        #expect(RFC3339Time.text(unixMicroseconds: microseconds) == text)
    }

    @Test func `a clock before 1970 is taken for one at its start`() {
        #expect(RFC3339Time.text(unixMicroseconds: -1) == "1970-01-01T00:00:00.000000Z")
        #expect(RFC3339Time.text(unixMicroseconds: .min) == "1970-01-01T00:00:00.000000Z")
    }

    @Test func `every day of 800 years follows the one before`() {
        var (year, month, day) = (1970, 1, 1)
        for number in 0..<Int64(292_194) {
            let text = RFC3339Time.text(unixMicroseconds: number * 86_400_000_000)
            let date = text.prefix(10).split(separator: "-").compactMap { Int($0) }
            guard date == [year, month, day], text.hasSuffix("T00:00:00.000000Z") else {
                Issue.record("day \(number) is \(text) instead of \(year)-\(month)-\(day)")
                return
            }
            let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
            let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
            day += 1
            if day > days { (day, month) = (1, month + 1) }
            if month > 12 { (month, year) = (1, year + 1) }
        }
    }
}
