/// Reads `X-Request-Timeout`: how long a caller waits for its answer.
enum RequestTimeout {
    private static let units: [(suffix: String, microseconds: Int64)] = [
        ("ms", 1000), ("s", 1_000_000), ("", 1_000_000),
    ]

    /// Seconds where there is no unit; up to six digits before the point and three behind it. Nil for what is none, and
    /// for nothing at all.
    static func microseconds(_ text: String) -> Int64? {
        for (suffix, unit) in units where text.hasSuffix(suffix) {
            let parts = text.dropLast(suffix.count).split(separator: ".", omittingEmptySubsequences: false)
            guard (1...2).contains(parts.count), let whole = number(parts[0], digits: 1...6) else { return nil }
            var thousandths: Int64 = 0
            if parts.count == 2 {
                guard number(parts[1], digits: 1...3) != nil,
                    let padded = Int64(parts[1] + String(repeating: "0", count: 3 - parts[1].utf8.count))
                else { return nil }
                thousandths = padded
            }
            let time = whole * unit + thousandths * unit / 1000
            return time > 0 ? time : nil
        }
        return nil
    }

    private static func number(_ text: Substring, digits: ClosedRange<Int>) -> Int64? {
        guard digits.contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(text)
    }
}
