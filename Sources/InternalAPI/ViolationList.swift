internal import Messaging
internal import StrictJSON

/// Collects what is wrong with a body. Counts everything and names the first hundred.
struct ViolationList {
    private var violations: [Violation] = []
    private var count = 0

    var isEmpty: Bool { count == 0 }

    /// What an answer lists.
    var reported: [Violation] {
        let unnamed = count - violations.count
        return unnamed == 0
            ? violations : violations + [Violation(pointer: "", detail: "and \(unnamed) more violations")]
    }

    mutating func add(_ pointer: JSONPointer, _ detail: String) {
        count += 1
        if violations.count < MessageLimits.reportedViolations {
            violations.append(Violation(pointer: pointer.description, detail: detail))
        }
    }

    /// The string that a value is, or a violation.
    mutating func string(_ value: JSONValue, at pointer: JSONPointer) -> String? {
        if value.stringValue == nil { add(pointer, "must be a string, not \(value.kindName)") }
        return value.stringValue
    }

    mutating func append(_ other: ViolationList) {
        count += other.count
        let room = MessageLimits.reportedViolations - violations.count
        violations.append(contentsOf: other.violations.prefix(max(0, room)))
    }
}
