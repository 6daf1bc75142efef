/// Numbers with a unit and truth values, as the configuration writes them.
enum UnitParser {
    private static let durationUnits: [(suffix: String, unit: Duration)] = [
        ("ms", .milliseconds(1)), ("s", .seconds(1)), ("m", .seconds(60)), ("h", .seconds(3600)),
        ("d", .seconds(86_400)),
    ]
    private static let byteUnits: [(suffix: String, factor: Int)] = [("KiB", 1024), ("MiB", 1024 * 1024), ("", 1)]

    /// `500ms`, `10s`, `5m`, `1h`, `90d`; the unit is required, for a bare number means different things to different
    /// people.
    static func duration(_ text: String) -> Duration? {
        for (suffix, unit) in durationUnits where text.hasSuffix(suffix) {
            if let number = number(text.dropLast(suffix.count)) { return unit * number }
        }
        return nil
    }

    /// `65536`, `64KiB`, `4MiB`.
    static func byteCount(_ text: String) -> Int? {
        for (suffix, factor) in byteUnits where text.hasSuffix(suffix) {
            if let number = number(text.dropLast(suffix.count)) { return number * factor }
        }
        return nil
    }

    /// `true` or `false`, in the letter cases that YAML has.
    static func truth(_ text: String) -> Bool? { ["true": true, "false": false][text.lowercased()] }

    /// Digits only, and few enough that no multiplication overflows.
    private static func number(_ text: Substring) -> Int? {
        guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }
}
