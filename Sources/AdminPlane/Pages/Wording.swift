private import Foundation
internal import Messaging

/// Numbers and times as people read them.
enum Wording {
    static func count(_ number: Int) -> String {
        var text = String(abs(number))
        var place = text.count - 3
        while place > 0 {
            text.insert("\u{202F}", at: text.index(text.startIndex, offsetBy: place))
            place -= 3
        }
        return (number < 0 ? "-" : "") + text
    }

    static func bytes(_ count: Int) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var (value, unit) = (Double(count), 0)
        while value >= 1024, unit < units.count - 1 { (value, unit) = (value / 1024, unit + 1) }
        return unit == 0 ? "\(count) B" : rounded(value) + " " + units[unit]
    }

    /// In seconds, as milliseconds or seconds.
    static func duration(_ seconds: Double?) -> String {
        guard let seconds else { return "–" }
        return seconds < 1 ? rounded(seconds * 1000) + " ms" : rounded(seconds) + " s"
    }

    /// Three digits that matter.
    static func rounded(_ value: Double) -> String {
        if value == 0 { return "0" }
        let places = value >= 100 ? 0 : value >= 10 ? 1 : 2
        return String(format: "%.\(places)f", value)
    }

    static func percent(_ part: Double?) -> String { part.map { "\(Int(($0 * 100).rounded())) %" } ?? "–" }

    /// `2026-11-24 08:00:00`, of seconds since 1970.
    static func time(_ seconds: Int64) -> String {
        time(RFC3339Time.text(unixMicroseconds: seconds * 1_000_000))
    }

    /// The same of RFC 3339.
    static func time(_ text: String) -> String {
        text.utf8.count < 19 ? text : text.prefix(19).replacingOccurrences(of: "T", with: " ")
    }

    /// How long ago, of seconds since 1970.
    static func ago(_ seconds: Int64?, now: Int64) -> String {
        guard let seconds else { return "–" }
        let age = max(0, now - seconds)
        return switch age {
        case 0..<60: "\(age) s ago"
        case 60..<3600: "\(age / 60) min ago"
        case 3600..<86_400: "\(age / 3600) h ago"
        default: "\(age / 86_400) days ago"
        }
    }
}
