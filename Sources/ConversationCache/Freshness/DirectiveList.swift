/// Takes a list of directives apart: `name`, `name=token` and `name="quoted"`, separated by commas.
enum DirectiveList {
    /// Names in lower case; a value without its quotes. Members that are no directive are left out.
    static func directives(of field: String) -> [(name: String, value: String?)] {
        var directives: [(String, String?)] = []
        var rest = field.utf8[...]
        while !rest.isEmpty {
            let member = takeMember(&rest)
            let split = member.firstIndex(of: UInt8(ascii: "="))
            let name = trimmed(member[..<(split ?? member.endIndex)])
            guard !name.isEmpty else { continue }
            let value = split.map { unquoted(trimmed(member[member.index(after: $0)...])) }
            directives.append((String(decoding: name, as: UTF8.self).lowercased(), value))
        }
        return directives
    }

    /// Up to the next comma outside of quotes, which goes with it.
    private static func takeMember(_ rest: inout Substring.UTF8View) -> Substring.UTF8View {
        var isQuoted = false
        var isEscaped = false
        var index = rest.startIndex
        while index < rest.endIndex {
            let byte = rest[index]
            if isEscaped {
                isEscaped = false
            } else if isQuoted, byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if byte == UInt8(ascii: ","), !isQuoted {
                break
            }
            index = rest.index(after: index)
        }
        let member = rest[..<index]
        rest = index < rest.endIndex ? rest[rest.index(after: index)...] : rest[index...]
        return member
    }

    private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        let isSpace: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        var text = text.drop(while: isSpace)
        while let last = text.last, isSpace(last) { text = text.dropLast() }
        return text
    }

    private static func unquoted(_ text: Substring.UTF8View) -> String {
        guard text.count >= 2, text.first == UInt8(ascii: "\""), text.last == UInt8(ascii: "\"") else {
            return String(decoding: text, as: UTF8.self)
        }
        var bytes: [UInt8] = []
        var isEscaped = false
        for byte in text.dropFirst().dropLast() {
            if !isEscaped, byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else {
                bytes.append(byte)
                isEscaped = false
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
