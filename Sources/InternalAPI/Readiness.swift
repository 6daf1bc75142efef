/// Whether calls can be served now, and by what reasons.
package struct Readiness: Sendable, Hashable {
    package struct Check: Sendable, Hashable {
        package var name: String
        package var passes: Bool
        package var detail: String

        package init(name: String, passes: Bool, detail: String) {
            self.name = name
            self.passes = passes
            self.detail = detail
        }
    }

    package var checks: [Check]

    package init(checks: [Check]) {
        self.checks = checks
    }

    package var isReady: Bool { checks.allSatisfy(\.passes) }
}
