internal import Yams

/// Where the readers of one file put what they find wrong. Confined to the reading of that file.
final class ProblemCollector {
    private(set) var problems: [ConfigurationProblem] = []
    /// On which line each key stands, for problems that are found only later.
    private(set) var lines: [String: Int] = [:]

    func add(_ message: String, at key: String, line: Int?) {
        problems.append(ConfigurationProblem(line: line, key: key, message: message))
    }

    func note(_ key: String, line: Int?) {
        lines[key] = line
    }

    func add(_ message: String, at key: String, node: Node) {
        add(message, at: key, line: node.mark?.line)
    }

    /// - Parameter error: of the YAML parser.
    func add(yaml error: any Error) {
        switch error {
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _):
            add("is not YAML: \(problem)", at: "", line: mark.line)
        case YamlError.duplicatedKeysInMapping(let duplicates, let context):
            let keys = duplicates.map(\.description).sorted().joined(separator: ", ")
            add("the same key twice: \(keys)", at: "", line: context.mark.line)
        default:
            add("is not YAML in UTF-8", at: "", line: nil)
        }
    }
}
