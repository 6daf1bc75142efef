private import FoundationEssentials

/// Points in time as RFC 3339 writes them.
package enum Timestamp {
    /// The latest year that four digits can say, in microseconds since 1970.
    private static let latest: Int64 = 253_402_300_799_999_999

    /// UTC with six fractional digits where there are any, or nil before 1970 and after the year 9999.
    package static func rfc3339(microseconds: Int64) -> String? {
        guard (0...latest).contains(microseconds) else { return nil }
        let (seconds, fraction) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        let text = Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
        guard fraction > 0 else { return text }
        let digits = String(fraction)
        return text.dropLast() + "." + String(repeating: "0", count: 6 - digits.count) + digits + "Z"
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
}
