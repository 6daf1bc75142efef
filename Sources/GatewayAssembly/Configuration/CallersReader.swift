internal import Custody
internal import Delivery
internal import Messaging
internal import Yams

/// Reads `callers`.
struct CallersReader {
    private let mapping: MappingReader
    private let apps: [AppName]
    /// What `read` found of callers' shares in the quotas.
    private(set) var shares: [(app: AppName, caller: CallerName, share: CallerShareSettings)] = []

    init(_ mapping: MappingReader, apps: [AppName]) {
        self.mapping = mapping
        self.apps = apps
    }

    mutating func read() -> [CallerKeyDigest: Caller] {
        var callers: [CallerKeyDigest: Caller] = [:]
        for entry in mapping.takeAll() {
            guard let (digest, caller) = caller(entry.key, entry.line, entry.value) else { continue }
            if let other = callers[digest] {
                problem(
                    "has the same key as \(other.name)", at: mapping.path(of: entry.key) + ".key_sha256", entry.line)
            }
            callers[digest] = caller
        }
        return callers
    }

    private mutating func caller(_ key: String, _ line: Int?, _ node: Node) -> (CallerKeyDigest, Caller)? {
        let path = mapping.path(of: key)
        let entry = MappingReader(node, path: path, problems: mapping.problems)
        let digest = entry.value(
            "key_sha256", "64 hexadecimal digits, as caller add prints them", CallerKeyDigest.init(hexadecimal:)
        )
        let app = app(entry, line)
        let permissions = permissions(entry, line)
        if entry.take("key_sha256") == nil { problem("is required", at: path + ".key_sha256", line) }
        let share = share(entry.mapping("quota"))
        entry.reportUnknownKeys()
        guard let name = CallerName(key) else {
            problem("a caller's name has 1 to 64 characters of A-Z a-z 0-9 _ - .", at: path, line)
            return nil
        }
        guard let digest, let app else { return nil }
        if let share { shares.append((app, name, share)) }
        return (digest, Caller(name: name, app: app, permissions: permissions))
    }

    private func share(_ mapping: MappingReader) -> CallerShareSettings? {
        let weight = mapping.integer("weight", in: 1...1000)
        let reserve = mapping.integer("reserve", in: 0...10_000_000)
        mapping.reportUnknownKeys()
        return weight == nil && reserve == nil ? nil : CallerShareSettings(weight: weight ?? 1, reserve: reserve ?? 0)
    }

    private func app(_ entry: MappingReader, _ line: Int?) -> AppName? {
        guard let (text, node) = entry.string("app") else {
            if apps.count == 1 { return apps.first }
            problem("is required, since there is not exactly one app", at: entry.path(of: "app"), line)
            return nil
        }
        guard let app = apps.first(where: { $0.text == text }) else {
            mapping.problems.add("must be the name of one of the apps", at: entry.path(of: "app"), node: node)
            return nil
        }
        return app
    }

    private func permissions(_ entry: MappingReader, _ line: Int?) -> Set<Permission> {
        let nodes = entry.list("may")
        if nodes.isEmpty {
            problem("must list what the caller may do: send, read, upload", at: entry.path(of: "may"), line)
        }
        return Set(
            nodes.compactMap { node in
                let permission = node.scalar.flatMap { Permission(rawValue: $0.string) }
                if permission == nil {
                    mapping.problems.add("must be send, read or upload", at: entry.path(of: "may"), node: node)
                }
                return permission
            }
        )
    }

    private func problem(_ message: String, at key: String, _ line: Int?) {
        mapping.problems.add(message, at: key, line: line)
    }
}
