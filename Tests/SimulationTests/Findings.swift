import Messaging

/// What went wrong in one run.
struct Findings {
    private(set) var violations: [String] = []

    mutating func require(_ holds: Bool, _ what: @autoclosure () -> String) {
        if !holds, violations.count < 5 { violations.append(what()) }
    }
}
