internal import Yams

/// Where the readers of one file put what they find wrong. Confined to the reading of that file.
final class ProblemCollector {
    private(set) var problems: [ConfigurationProblem] = []

    func add(_ message: String, at key: String, line: Int?) {
        problems.append(ConfigurationProblem(line: line, key: key, message: message))
    }

    func add(_ message: String, at key: String, node: Node) {
        add(message, at: key, line: node.mark?.line)
    }
}
