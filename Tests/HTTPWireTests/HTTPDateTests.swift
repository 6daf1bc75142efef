import SeededCases
import Foundation
import HTTPWire
import Testing

/// The `Date` field's form, against known dates, against counting, and against Foundation's formatter.
@Suite struct HTTPDateTests {
    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (951_868_800, "Wed, 01 Mar 2000 00:00:00 GMT"), (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"),
        (1_735_689_599, "Tue, 31 Dec 2024 23:59:59 GMT"), (1_785_578_400, "Sat, 01 Aug 2026 10:00:00 GMT"),
        (2_147_483_648, "Tue, 19 Jan 2038 03:14:08 GMT"), (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
    ])
    func `a known time is written as it is known`(_ seconds: Int, _ text: String) {
        #expect(HTTPDate.text(unixSeconds: seconds) == text)
    }

    /// Walks the days to the year 2200 by the rule of leap years alone.
    @Test func `every date is the one that counting the days gives`() {
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        var (year, month, day) = (1970, 1, 1)
        for days in 0..<84_006 {
            if days.isMultiple(of: 5) {
                let date = "\(weekdays[days % 7]), \(day < 10 ? "0" : "")\(day) \(months[month - 1]) \(year)"
                #expect(HTTPDate.text(unixSeconds: days * 86_400 + 3_661) == "\(date) 01:01:01 GMT")
            }
            let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
            let length = month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
            day += 1
            guard day > length else { continue }
            (month, day) = (month + 1, 1)
            if month > 12 { (year, month) = (year + 1, 1) }
        }
        #expect((year, month, day) == (2200, 1, 1))
    }

    @Test func `random times are those of Foundation's formatter`() {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        var random = SplitMix64()
        for number in 0..<1_000 {
            let seconds = random.below(253_402_300_800)
            let expected = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
            #expect(HTTPDate.text(unixSeconds: seconds) == expected, "\(replay(number)): \(seconds)")
        }
    }

    /// In a process of its own: a machine whose clock is wrong must still be able to answer.
    @Test func `a clock before 1970 stops nothing`() async {
        await #expect(processExitsWith: .success) {
            for seconds in [-1, -86_400, -1_000_000_000] {
                #expect(HTTPDate.text(unixSeconds: seconds).hasSuffix(" GMT"))
            }
        }
    }
}
