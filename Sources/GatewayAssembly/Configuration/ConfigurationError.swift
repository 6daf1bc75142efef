/// All that is wrong with a configuration, in the order of its lines.
package struct ConfigurationError: Error, Sendable, CustomStringConvertible {
    package let problems: [ConfigurationProblem]

    package init(_ problems: [ConfigurationProblem]) {
        self.problems = problems.sorted { ($0.line ?? 0) < ($1.line ?? 0) }
    }

    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
