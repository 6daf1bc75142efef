import StrictJSON

func parse(_ text: String, maximumDepth: Int = JSONParser.defaultMaximumDepth) throws -> JSONValue {
    try JSONParser.parse(Array(text.utf8), maximumDepth: maximumDepth)
}

/// The error that the parser gives for these bytes, or nil where it takes them.
func refusal(of bytes: [UInt8], maximumDepth: Int = JSONParser.defaultMaximumDepth) -> JSONSyntaxError? {
    do throws(JSONSyntaxError) {
        _ = try JSONParser.parse(bytes, maximumDepth: maximumDepth)
        return nil
    } catch {
        return error
    }
}

func refusal(of text: String, maximumDepth: Int = JSONParser.defaultMaximumDepth) -> JSONSyntaxError? {
    refusal(of: Array(text.utf8), maximumDepth: maximumDepth)
}

/// Compares what `==` on strings does not: names and texts by their bytes, at every depth.
func sameBytes(_ left: JSONValue, _ right: JSONValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.number(let left), .number(let right)): left.hasSameBytes(as: right)
    case (.string(let left), .string(let right)): left.hasSameBytes(as: right)
    case (.array(let left), .array(let right)): left.elementsEqual(right, by: sameBytes)
    case (.object(let left), .object(let right)):
        left.elementsEqual(right) { $0.name.hasSameBytes(as: $1.name) && sameBytes($0.value, $1.value) }
    default: false
    }
}

/// Whether a Swift string has exactly these scalars, without normalisation.
func hasScalars(_ text: String?, _ scalars: [UInt32]) -> Bool {
    text.map { $0.unicodeScalars.map(\.value) == scalars } ?? false
}
