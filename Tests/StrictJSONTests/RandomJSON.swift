import SeededCases
import StrictJSON

/// Random values, and random texts for the same value: white space, escapes and cases of digits as they may vary.
struct RandomJSON {
    var random: SplitMix64

    private static let pieces = [
        "a", "Z", "0", " ", "\"", "\\", "/", "\n", "\t", "\r", "\u{0}", "\u{1}", "\u{1F}", "\u{7F}", "\u{80}", "é",
        "e\u{301}", "س", "\u{200C}", "\u{200F}", "\u{202E}", "\u{FEFF}", "\u{FFFF}", "\u{2028}", "😀", "👨‍👩‍👧‍👦",
        "\u{10FFFF}", "[", "{", ",", ":",
    ]

    mutating func value(depth: Int = 0) -> JSONValue {
        switch random.below(depth > 5 ? 4 : 6) {
        case 0: return .null
        case 1: return .bool(random.chance(1, in: 2))
        case 2: return .number(number())
        case 3: return .string(text())
        case 4:
            let count = random.below(5)
            return .array((0..<count).map { _ in value(depth: depth + 1) })
        default:
            let count = random.below(5)
            return .object((0..<count).map { _ in JSONMember(text(), value(depth: depth + 1)) })
        }
    }

    mutating func text() -> String {
        let count = random.below(8)
        return (0..<count).map { _ in random.element(of: RandomJSON.pieces) }.joined()
    }

    mutating func number() -> String {
        var lexeme = random.chance(1, in: 3) ? "-" : ""
        lexeme += random.chance(1, in: 4) ? "0" : String(1 + random.below(9)) + digits(random.below(25))
        if random.chance(1, in: 3) { lexeme += "." + digits(1 + random.below(6)) }
        if random.chance(1, in: 3) {
            lexeme += random.element(of: ["e", "E", "e+", "e-", "E+", "E-"]) + digits(1 + random.below(4))
        }
        return lexeme
    }

    private mutating func digits(_ count: Int) -> String {
        (0..<count).map { _ in String(random.below(10)) }.joined()
    }

    /// A text of that value, written as differently from the writer as the grammar allows.
    mutating func spelling(of value: JSONValue) -> String {
        switch value {
        case .null: return space() + "null" + space()
        case .bool(let bool): return space() + (bool ? "true" : "false") + space()
        case .number(let lexeme): return space() + lexeme + space()
        case .string(let text): return space() + spelling(ofText: text) + space()
        case .array(let elements):
            let inner = elements.map { spelling(of: $0) }.joined(separator: ",")
            return space() + "[" + space() + inner + "]" + space()
        case .object(let members):
            let inner = members.map { space() + spelling(ofText: $0.name) + space() + ":" + spelling(of: $0.value) }
            return space() + "{" + space() + inner.joined(separator: ",") + "}" + space()
        }
    }

    private mutating func space() -> String {
        let count = random.below(3)
        return (0..<count).map { _ in random.element(of: [" ", "\t", "\n", "\r"]) }.joined()
    }

    private mutating func spelling(ofText text: String) -> String {
        var written = "\""
        for scalar in text.unicodeScalars {
            let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
            if mustEscape || random.chance(1, in: 3) {
                for unit in String(scalar).utf16 { written += "\\u" + hexadecimal(unit) }
            } else {
                written.unicodeScalars.append(scalar)
            }
        }
        return written + "\""
    }

    private mutating func hexadecimal(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16, uppercase: random.chance(1, in: 2))
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
