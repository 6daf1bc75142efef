private import Foundation

/// The fields of a query or a form (`application/x-www-form-urlencoded`).
struct FormFields: Sendable, Hashable {
    private var values: [String: String] = [:]

    init(_ text: String) {
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = FormFields.decoded(parts[0]), values[name] == nil else { continue }
            values[name] = parts.count == 2 ? FormFields.decoded(parts[1]) : ""
        }
    }

    /// Nil where it is missing, empty or not UTF-8.
    subscript(_ name: String) -> String? {
        values[name].flatMap { value in
            let trimmed = value.trimmingCharacters(in: .whitespaces)
            return trimmed.isEmpty ? nil : trimmed
        }
    }

    private static func decoded(_ text: Substring) -> String? {
        text.replacingOccurrences(of: "+", with: " ").removingPercentEncoding
    }

    static func encoded(_ text: String) -> String {
        let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
        return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }
}
