internal import StrictJSON

/// Reads the members of one object and collects everything that is wrong with them, each with its place.
struct MemberReading {
    private let object: JSONValue
    private let place: String
    private var problems: [String] = []

    init(_ value: JSONValue, at place: String, allowed: [String]) {
        object = value
        self.place = place
        guard let members = value.objectMembers else {
            let subject = place.isEmpty ? "it" : place
            problems.append("\(subject) must be an object, not \(value.kindName)")
            return
        }
        var seen: Set<String> = []
        for member in members {
            if !allowed.contains(member.name) {
                complain(member.name, "is not known; there are: \(allowed.joined(separator: ", "))")
            } else if !seen.insert(member.name).inserted {
                complain(member.name, "stands twice")
            }
        }
    }

    mutating func complain(_ name: String, _ complaint: String) {
        problems.append("\(place.isEmpty ? "" : place + ".")\(name) \(complaint)")
    }

    /// Hands the problems on. False where there are any.
    func finish(into all: inout [String]) -> Bool {
        all += problems
        return problems.isEmpty
    }

    func has(_ name: String) -> Bool {
        object[name] != nil
    }

    mutating func require(_ name: String) {
        guard case .object = object, !has(name) else { return }
        complain(name, "is required")
    }

    mutating func text(_ name: String, maximumBytes: Int = SandboxLimits.nameBytes) -> String? {
        guard let value = object[name] else { return nil }
        guard let text = value.stringValue else {
            complain(name, "must be a string, not \(value.kindName)")
            return nil
        }
        guard (1...maximumBytes).contains(text.utf8.count) else {
            complain(name, "must have 1 to \(maximumBytes) bytes")
            return nil
        }
        return text
    }

    mutating func choice(_ name: String, of choices: [String]) -> String? {
        guard let text = text(name) else { return nil }
        guard choices.contains(text) else {
            complain(name, "must be one of: \(choices.joined(separator: ", "))")
            return nil
        }
        return text
    }

    /// - Parameter orNull: whether null may stand for an absent number.
    mutating func integer(_ name: String, in range: ClosedRange<Int>, orNull: Bool = false) -> Int? {
        guard let value = object[name], !(orNull && value == .null) else { return nil }
        guard let integer = value.integerValue, range.contains(integer) else {
            complain(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return integer
    }

    mutating func fraction(_ name: String) -> Double? {
        guard let value = object[name] else { return nil }
        guard case .number(let lexeme) = value, let fraction = Double(lexeme), (0...1).contains(fraction) else {
            complain(name, "must be a number from 0 to 1")
            return nil
        }
        return fraction
    }

    mutating func boolean(_ name: String) -> Bool? {
        guard let value = object[name] else { return nil }
        guard let boolean = value.boolValue else {
            complain(name, "must be true or false")
            return nil
        }
        return boolean
    }

    mutating func texts(_ name: String) -> [String]? {
        guard let elements = elements(name, maximum: .max) else { return nil }
        let texts = elements.compactMap(\.stringValue).filter { !$0.isEmpty }
        if texts.count < elements.count { complain(name, "must be an array of strings that are not empty") }
        return texts
    }

    mutating func value<Value: ScriptReadable>(_ name: String, as: Value.Type) -> Value? {
        guard let value = object[name] else { return nil }
        return Value(reading: value, at: inner(name), problems: &problems)
    }

    mutating func values<Value: ScriptReadable>(_ name: String, of: Value.Type, maximum: Int) -> [Value]? {
        guard let elements = elements(name, maximum: maximum) else { return nil }
        var values: [Value] = []
        for (index, element) in elements.enumerated() {
            if let value = Value(reading: element, at: "\(inner(name))[\(index)]", problems: &problems) {
                values.append(value)
            }
        }
        return values
    }

    private mutating func elements(_ name: String, maximum: Int) -> [JSONValue]? {
        guard let value = object[name] else { return nil }
        guard let elements = value.arrayValue else {
            complain(name, "must be an array, not \(value.kindName)")
            return nil
        }
        guard elements.count <= maximum else {
            complain(name, "must have at most \(maximum) elements")
            return nil
        }
        return elements
    }

    private func inner(_ name: String) -> String {
        place.isEmpty ? name : place + "." + name
    }
}
