internal import Yams

/// Takes keys out of one YAML mapping, and reports those that nobody took: a misspelt key is an error, not a comment.
final class MappingReader {
    let path: String
    let problems: ProblemCollector
    let line: Int?
    private var entries: [(key: String, line: Int?, value: Node)] = []
    private var known: [String] = []

    /// An absent or empty mapping reads as one without keys.
    init(_ node: Node?, path: String, problems: ProblemCollector) {
        self.path = path
        self.problems = problems
        line = node?.mark?.line
        guard let node, !node.isNull else { return }
        guard case .mapping(let mapping) = node else {
            problems.add("must be a mapping of keys to values", at: path, node: node)
            return
        }
        for (key, value) in mapping {
            let name = key.scalar?.string ?? ""
            entries.append((name, key.mark?.line, value))
            problems.note(self.path(of: name), line: key.mark?.line)
        }
    }

    /// The value under a key; nil where the key is missing or says `null`.
    func take(_ key: String) -> Node? {
        known.append(key)
        guard let entry = entries.first(where: { $0.key == key }), !entry.value.isNull else { return nil }
        return entry.value
    }

    func mapping(_ key: String) -> MappingReader {
        MappingReader(take(key), path: path(of: key), problems: problems)
    }

    /// Every entry, for mappings whose keys are names of the operator's.
    func takeAll() -> [(key: String, line: Int?, value: Node)] {
        known += entries.map(\.key)
        return entries
    }

    func path(of key: String) -> String {
        path.isEmpty ? key : path + "." + key
    }

    /// Reports the keys that were not taken. Called once, after the last `take`.
    func reportUnknownKeys() {
        for entry in entries where !known.contains(entry.key) {
            problems.add(
                "is not a key that is known here (known are: \(Set(known).sorted().joined(separator: ", ")))",
                at: path(of: entry.key), line: entry.line
            )
        }
    }
}

extension MappingReader {
    func string(_ key: String) -> (text: String, node: Node)? {
        guard let node = take(key) else { return nil }
        guard let scalar = node.scalar else {
            problems.add("must be a single value", at: path(of: key), node: node)
            return nil
        }
        return (scalar.string, node)
    }

    /// Reads a value through a parser that gives nil for what it doesn't take, and reports that. The value isn't
    /// repeated: it may be a secret that was put in the wrong place.
    func value<Value>(_ key: String, _ expectation: String, _ parse: (String) -> Value?) -> Value? {
        guard let (text, node) = string(key) else { return nil }
        guard let value = parse(text) else {
            problems.add("must be \(expectation)", at: path(of: key), node: node)
            return nil
        }
        return value
    }

    func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        value(key, "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    func byteCount(_ key: String, in range: ClosedRange<Int>) -> Int? {
        value(key, "a number of bytes from \(range.lowerBound) to \(range.upperBound), such as 65536 or 64KiB") {
            text in
            UnitParser.byteCount(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    func duration(_ key: String, in range: ClosedRange<Duration>) -> Duration? {
        value(key, "a time from \(range.lowerBound) to \(range.upperBound), such as 500ms, 10s or 5m") { text in
            UnitParser.duration(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// The elements of a list; a single value reads as a list of one.
    func list(_ key: String) -> [Node] {
        guard let node = take(key) else { return [] }
        if case .sequence(let sequence) = node { return Array(sequence) }
        return [node]
    }
}

extension Node {
    /// Whether it says nothing: `key:`, `key: null` or `key: ~` (YAML 1.2 section 10.3.2). Quoted, they are texts.
    var isNull: Bool {
        guard case .scalar(let scalar) = self, scalar.style == .plain || scalar.style == .any else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }
}
