extension HTTPDate {
    /// Reads the three forms that a recipient has to know (RFC 9110 section 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`,
    /// `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`. The name of the weekday is not checked.
    ///
    /// - Parameter now: seconds since 1970; a year of two digits more than 50 years ahead of it was one in the past.
    /// - Returns: seconds since 1970; nil for anything else.
    package static func unixSeconds(_ text: String, now: Int) -> Int? {
        let parts = text.split { $0 == " " || $0 == "," }
        switch parts.count {
        case 6 where parts[5] == "GMT":
            return seconds(day: parts[1], month: parts[2], year: number(parts[3], digits: 4), time: parts[4])
        case 4 where parts[3] == "GMT":
            let date = parts[1].split(separator: "-", omittingEmptySubsequences: false)
            guard date.count == 3, let short = number(date[2], digits: 2) else { return nil }
            let current = 1970 + now / 31_556_952
            let year = current / 100 * 100 + short
            return seconds(day: date[0], month: date[1], year: year > current + 50 ? year - 100 : year, time: parts[2])
        case 5:
            return seconds(day: parts[2], month: parts[1], year: number(parts[4], digits: 4), time: parts[3])
        default: return nil
        }
    }

    private static func seconds(day: Substring, month: Substring, year: Int?, time: Substring) -> Int? {
        let clock = time.split(separator: ":", omittingEmptySubsequences: false).map { number($0, digits: 2) }
        guard let day = number(day, digits: 1...2), let month = monthNames.firstIndex(of: String(month)), let year,
            year >= 1970, clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2],
            (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        return days(year: year, month: month + 1, day: day) * 86_400 + hour * 3600 + minute * 60 + second
    }

    private static func number(_ text: Substring, digits: Int) -> Int? { number(text, digits: digits...digits) }

    private static func number(_ text: Substring, digits: ClosedRange<Int>) -> Int? {
        guard digits.contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }

    /// Days since 1970 in the Gregorian calendar, counted in years that begin in March: their last day is the leap day.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let year = month > 2 ? year : year - 1
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    }
}
