/// Times as records have them: in UTC with six digits of a second, always of the same length.
extension RFC3339Time {
    /// - Parameter unixMicroseconds: to the end of the year 9999; a clock before 1970 is taken for one at its start.
    package static func text(unixMicroseconds: Int64) -> String {
        let (seconds, fraction) = max(0, unixMicroseconds).quotientAndRemainder(dividingBy: 1_000_000)
        let (days, second) = Int(seconds).quotientAndRemainder(dividingBy: 86_400)
        let (year, month, day) = civil(days)
        var text: [UInt8] = []
        text.reserveCapacity(27)
        func put(_ value: Int, _ digits: Int, _ end: Character) {
            var divisor = 1
            for _ in 1..<digits { divisor *= 10 }
            while divisor > 0 {
                text.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
                divisor /= 10
            }
            if let end = end.asciiValue { text.append(end) }
        }
        put(year, 4, "-")
        put(month, 2, "-")
        put(day, 2, "T")
        put(second / 3600, 2, ":")
        put(second / 60 % 60, 2, ":")
        put(second % 60, 2, ".")
        put(Int(fraction), 6, "Z")
        return String(decoding: text, as: UTF8.self)
    }

    /// The date of a day counted from 1970-01-01, in the Gregorian calendar: years are counted from March in eras of
    /// 400 years (146,097 days), so that the leap day is a year's last.
    private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let (era, dayOfEra) = shifted.quotientAndRemainder(dividingBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * dayOfYear + 2) / 153
        let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * fromMarch + 2) / 5 + 1)
    }
}
