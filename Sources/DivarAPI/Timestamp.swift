/// Points in time as RFC 3339 writes them.
package enum Timestamp {
    /// The latest year that four digits can say, in microseconds since 1970.
    private static let latest: Int64 = 253_402_300_799_999_999

    /// UTC with six fractional digits where there are any, or nil before 1970 and after the year 9999.
    package static func rfc3339(microseconds: Int64) -> String? {
        guard (0...latest).contains(microseconds) else { return nil }
        let (seconds, fraction) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        let (days, secondOfDay) = seconds.quotientAndRemainder(dividingBy: 86_400)
        let (year, month, day) = civilDate(daysSince1970: days)
        let clock = [secondOfDay / 3600, secondOfDay / 60 % 60, secondOfDay % 60]
            .map { padded($0, to: 2) }.joined(separator: ":")
        let date = padded(year, to: 4) + "-" + padded(month, to: 2) + "-" + padded(day, to: 2)
        return date + "T" + clock + (fraction == 0 ? "" : "." + padded(fraction, to: 6)) + "Z"
    }

    /// Whether a text has the form of RFC 3339 section 5.6 (a form: it doesn't know how long February is).
    package static func isRFC3339(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        func digits(_ count: Int, in range: ClosedRange<Int>) -> Bool {
            guard rest.count >= count, let value = Int(String(decoding: rest.prefix(count), as: UTF8.self)),
                rest.prefix(count).allSatisfy({ (0x30...0x39).contains($0) })
            else { return false }
            rest = rest.dropFirst(count)
            return range.contains(value)
        }
        func sign(_ characters: String) -> Bool {
            guard let first = rest.first, characters.utf8.contains(first) else { return false }
            rest = rest.dropFirst()
            return true
        }
        guard digits(4, in: 0...9999), sign("-"), digits(2, in: 1...12), sign("-"), digits(2, in: 1...31), sign("Tt"),
            digits(2, in: 0...23), sign(":"), digits(2, in: 0...59), sign(":"), digits(2, in: 0...60)
        else { return false }
        if sign(".") {
            let fraction = rest.prefix { (0x30...0x39).contains($0) }
            guard !fraction.isEmpty else { return false }
            rest = rest.dropFirst(fraction.count)
        }
        if sign("Zz") { return rest.isEmpty }
        return sign("+-") && digits(2, in: 0...23) && sign(":") && digits(2, in: 0...59) && rest.isEmpty
    }

    /// Days to a Gregorian date, by counting in eras of 400 years that begin on 1 March.
    private static func civilDate(daysSince1970: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = daysSince1970 + 719_468
        let (era, dayOfEra) = shifted.quotientAndRemainder(dividingBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func padded(_ number: Int64, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
