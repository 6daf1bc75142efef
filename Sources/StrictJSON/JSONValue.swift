/// A JSON text as a value (RFC 8259): nothing that was written is lost.
///
/// Members keep their order and their repetitions, numbers keep the characters they were written with (a 64-bit id
/// survives), and strings keep their exact scalars. Values are plain data and may cross threads freely.
package indirect enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    /// A number by its lexeme, exactly as RFC 8259 section 6 lets it be written.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([JSONMember])

    /// The first member of that name, or nil for other names and other kinds of value.
    package subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name.hasSameBytes(as: name) }?.value
    }

    package var stringValue: String? {
        guard case .string(let string) = self else { return nil }
        return string
    }

    package var arrayValue: [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    package var objectMembers: [JSONMember]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    package var boolValue: Bool? {
        guard case .bool(let bool) = self else { return nil }
        return bool
    }

    /// The number as an integer, or nil where it is none or doesn't fit in 64 bits.
    package var integerValue: Int? {
        guard case .number(let lexeme) = self else { return nil }
        return Int(lexeme)
    }

    /// The number where it is a whole one, however it is written: `1`, `1.0` and `1e0` are the same number.
    package var wholeNumberValue: Int? {
        guard case .number(let lexeme) = self else { return nil }
        return Int(lexeme) ?? Double(lexeme).flatMap { Int(exactly: $0) }
    }

    /// What a person would call this kind of value, for error texts.
    package var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSONValue {
    /// The pointers of all members whose name stands earlier in the same object.
    ///
    /// RFC 8259 section 4 leaves repeated names to the receiver, and receivers differ in which one they take: what
    /// one program checked, another would not see. So they have to be found before a value is trusted.
    package func repeatedMembers() -> [JSONPointer] {
        // Pointers cost as much as reading the text did, and hardly any text needs one.
        guard hasRepeatedMembers else { return [] }
        var found: [JSONPointer] = []
        collectRepeatedMembers(at: JSONPointer(), into: &found)
        return found
    }

    /// Whether any object in it, at whatever depth, has a name twice.
    package var hasRepeatedMembers: Bool {
        switch self {
        case .null, .bool, .number, .string: false
        case .array(let elements): elements.contains { $0.hasRepeatedMembers }
        case .object(let members):
            JSONValue.hasRepeatedNames(members) || members.contains { $0.value.hasRepeatedMembers }
        }
    }

    /// Names of small objects are compared with each other; hostile objects are large, and go through a set.
    private static func hasRepeatedNames(_ members: [JSONMember]) -> Bool {
        guard members.count <= 16 else {
            return Set(members.map { Array($0.name.utf8) }).count < members.count
        }
        return members.indices.contains { later in
            members[..<later].contains { $0.name.hasSameBytes(as: members[later].name) }
        }
    }

    private func collectRepeatedMembers(at pointer: JSONPointer, into found: inout [JSONPointer]) {
        switch self {
        case .null, .bool, .number, .string:
            return
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                element.collectRepeatedMembers(at: pointer.appending(index), into: &found)
            }
        case .object(let members):
            var seen: Set<[UInt8]> = []
            for member in members {
                let inner = pointer.appending(member.name)
                if !seen.insert(Array(member.name.utf8)).inserted { found.append(inner) }
                member.value.collectRepeatedMembers(at: inner, into: &found)
            }
        }
    }
}

extension JSONValue {
    /// Texts are the same where their bytes are. Hashing needs no change: what is equal here has equal hashes.
    package static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)), (.string(let left), .string(let right)):
            left.hasSameBytes(as: right)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        case (.null, _), (.bool, _), (.number, _), (.string, _), (.array, _), (.object, _): false
        }
    }
}

extension String {
    /// Whether both strings are the same bytes: `==` calls canonically equivalent strings equal, JSON doesn't.
    package func hasSameBytes(as other: String) -> Bool {
        let (left, right) = (utf8Span.span, other.utf8Span.span)
        guard left.count == right.count else { return false }
        for index in left.indices where left[index] != right[index] { return false }
        return true
    }
}
