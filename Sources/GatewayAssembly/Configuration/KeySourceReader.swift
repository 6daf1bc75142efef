internal import Custody
internal import Yams

/// Reads where a key comes from.
struct KeySourceReader {
    private let entry: MappingReader
    private let node: Node

    static let forms = "{file: PATH}, {env: NAME}, {credential: NAME} or {exec: [PROGRAM, ARGUMENT…]}"
    /// A credential's name is one of a file: systemd.exec(5).
    private static let maximumNameLength = 255

    init(_ node: Node, path: String, problems: ProblemCollector) {
        self.node = node
        entry = MappingReader(node, path: path, problems: problems)
    }

    /// What stands there beside the source is for others: they take it before `finish`.
    var others: MappingReader { entry }

    func finish() {
        entry.reportUnknownKeys()
    }

    func read() -> KeySource? {
        let file = entry.string("file")?.text
        let isShared = entry.value("shared", "true or false", UnitParser.truth)
        let variable = entry.string("env")?.text
        let credential = entry.value("credential", "the name of a file in CREDENTIALS_DIRECTORY", KeySourceReader.name)
        let words = entry.list("exec")
        let timeout = entry.duration("timeout", in: .milliseconds(10) ... .seconds(60))
        var sources: [KeySource] = []
        if let file { sources.append(.file(path: file, isShared: isShared ?? false)) }
        if let variable { sources.append(.environment(variable: variable)) }
        if let credential { sources.append(.credential(name: credential)) }
        if let command = command(words, timeout: timeout) { sources.append(.command(command)) }
        guard sources.count == 1, let source = sources.first else {
            entry.problems.add("must be one of \(KeySourceReader.forms)", at: entry.path, node: node)
            return nil
        }
        if isShared != nil, file == nil { problem("is only for {file: PATH}", at: "shared") }
        if timeout != nil, words.isEmpty { problem("is only for {exec: […]}", at: "timeout") }
        return source
    }

    private func command(_ words: [Node], timeout: Duration?) -> KeyCommand? {
        guard !words.isEmpty else { return nil }
        let arguments = words.compactMap { $0.scalar?.string }
        guard arguments.count == words.count, arguments.first != "", !arguments.contains(where: { $0.contains("\0") })
        else {
            problem("must list a program and its arguments, each a single value", at: "exec")
            return nil
        }
        let milliseconds = timeout.map { Int($0 / .milliseconds(1)) } ?? KeyCommand.defaultTimeoutMilliseconds
        return KeyCommand(arguments, timeoutMilliseconds: milliseconds)
    }

    private func problem(_ message: String, at key: String) {
        entry.problems.add(message, at: entry.path(of: key), node: node)
    }

    private static func name(_ text: String) -> String? {
        let isName =
            (1...maximumNameLength).contains(text.utf8.count) && !text.contains("/") && text != "." && text != ".."
        return isName ? text : nil
    }
}
