import Messaging
import Testing

/// The kinds of problem, as callers rely on them.
@Suite struct ProblemKindTests {
    static let statuses: [String: Int] = [
        "malformed-request": 400, "invalid-request": 400, "user-token-required": 400, "unauthenticated": 401,
        "not-allowed": 403, "no-such-resource": 404, "not-found-at-divar": 404, "method-not-allowed": 405,
        "request-timeout": 408, "recipient-restricted": 412, "body-too-large": 413, "target-too-long": 414,
        "unsupported-media-type": 415, "expectation-failed": 417, "divar-rejected": 422, "divar-limit": 429,
        "header-too-large": 431, "internal": 500, "divar-refused-credentials": 502, "divar-failed": 502,
        "divar-unintelligible": 502, "divar-unreachable": 502, "overloaded": 503, "divar-timeout": 504,
        "method-not-implemented": 501, "unsupported-version": 505, "loop-detected": 508,
    ]

    /// The ends of the `type` URIs are stable: a kind that is renamed or moved to another status breaks callers.
    @Test func `every kind has its own stable name and its status`() {
        let found = Dictionary(
            ProblemKind.allCases.map { ($0.rawValue, $0.status) }, uniquingKeysWith: { first, _ in first }
        )
        #expect(found.count == ProblemKind.allCases.count)
        for (name, status) in ProblemKindTests.statuses { #expect(found[name] == status, "\(name)") }
    }

    @Test(arguments: ProblemKind.allCases)
    func `every kind has an error status, a name fit for a URI, and a title`(_ kind: ProblemKind) {
        #expect((400...599).contains(kind.status))
        #expect(!kind.rawValue.isEmpty)
        #expect(kind.rawValue.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x2D })
        #expect(!kind.title.isEmpty)
        #expect(kind.title.first?.isUppercase == true)
        #expect(ProblemKind(rawValue: kind.rawValue) == kind)
    }

    @Test func `titles tell the kinds apart`() {
        #expect(Set(ProblemKind.allCases.map(\.title)).count == ProblemKind.allCases.count)
    }

    @Test func `a problem begins with what it is given and nothing else`() {
        let problem = Problem(.divarLimit, detail: "d", outcome: .notSent, retryAfterSeconds: 3)
        #expect(problem.kind == .divarLimit)
        #expect(problem.detail == "d")
        #expect(problem.outcome == .notSent)
        #expect(problem.retryAfterSeconds == 3)
        #expect(problem.violations.isEmpty && problem.divar == nil && problem.endpoint == nil)
        #expect(problem.attempts == nil && problem.messageID == nil)
        var other = problem
        other.violations = [Violation(pointer: "/text", detail: "too long")]
        #expect(other != problem)
    }
}
