/// Reads points in time as RFC 3339 section 5.6 writes them.
package enum RFC3339Time {
    /// Microseconds since 1970; nil where the text isn't a date with a time and an offset. Further digits of a second
    /// are left out, and a leap second is taken for the one behind it.
    package static func unixMicroseconds(_ text: String) -> Int64? {
        var rest = Array(text.utf8)[...]
        guard let year = number(&rest, digits: 4), skip(&rest, "-"), let month = number(&rest, digits: 2),
            skip(&rest, "-"), let day = number(&rest, digits: 2), skip(&rest, "Tt "),
            let hour = number(&rest, digits: 2), skip(&rest, ":"), let minute = number(&rest, digits: 2),
            skip(&rest, ":"), let second = number(&rest, digits: 2),
            (1...12).contains(month), (1...days(of: month, in: year)).contains(day), hour < 24, minute < 60,
            second <= 60, let fraction = fraction(&rest), let offset = offset(&rest), rest.isEmpty
        else { return nil }
        let minutes = (daysSince1970(year, month, day) * 24 + hour) * 60 + minute - offset
        return Int64(minutes * 60 + second) * 1_000_000 + Int64(fraction)
    }

    /// Microseconds; 0 where there is no fraction, nil where there is a point without digits.
    private static func fraction(_ rest: inout ArraySlice<UInt8>) -> Int? {
        guard skip(&rest, ".") else { return 0 }
        let digits = rest.prefix(while: isDigit)
        guard !digits.isEmpty else { return nil }
        rest = rest.dropFirst(digits.count)
        let kept = digits.prefix(6).map { Int($0 - UInt8(ascii: "0")) }
        return (0..<6).reduce(0) { $0 * 10 + ($1 < kept.count ? kept[$1] : 0) }
    }

    /// Minutes by which the clock was ahead of UTC.
    private static func offset(_ rest: inout ArraySlice<UInt8>) -> Int? {
        if skip(&rest, "Zz") { return 0 }
        let isBehind = rest.first == UInt8(ascii: "-")
        guard skip(&rest, "+-"), let hours = number(&rest, digits: 2), skip(&rest, ":"),
            let minutes = number(&rest, digits: 2), hours < 24, minutes < 60
        else { return nil }
        return (hours * 60 + minutes) * (isBehind ? -1 : 1)
    }

    private static func number(_ rest: inout ArraySlice<UInt8>, digits count: Int) -> Int? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy(isDigit) else { return nil }
        rest = rest.dropFirst(count)
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    private static func skip(_ rest: inout ArraySlice<UInt8>, _ choices: String) -> Bool {
        guard let first = rest.first, choices.utf8.contains(first) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func days(of month: Int, in year: Int) -> Int {
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        return switch month {
        case 2: isLeap ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// In the Gregorian calendar, by eras of 400 years (146,097 days) that begin with a March.
    private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
