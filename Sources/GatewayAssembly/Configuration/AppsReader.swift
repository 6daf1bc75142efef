internal import Custody
internal import Delivery
internal import Messaging
internal import Yams

/// Reads `apps`.
struct AppsReader {
    private let mapping: MappingReader
    /// What `read` found of limits, by app.
    private(set) var quotas: [AppName: QuotaSettings] = [:]

    init(_ mapping: MappingReader) {
        self.mapping = mapping
    }

    mutating func read(sandbox: SandboxTarget?) -> [AppName: [AppKeySettings]] {
        var apps: [AppName: [AppKeySettings]] = [:]
        for entry in mapping.takeAll() {
            let path = mapping.path(of: entry.key)
            guard let name = AppName(entry.key) else {
                mapping.problems.add(
                    "an app's name has 1 to 64 characters of A-Z a-z 0-9 _ - .", at: path, line: entry.line)
                continue
            }
            let app = MappingReader(entry.value, path: path, problems: mapping.problems)
            let nodes = app.list("keys")
            let keys = AppKeysReader(name, path: app.path(of: "keys"), problems: mapping.problems).read(nodes)
            if nodes.isEmpty {
                mapping.problems.add("must list at least one source of a key", at: path, line: entry.line)
            }
            quotas[name] = AppsReader.quota(app.mapping("quota"))
            app.reportUnknownKeys()
            apps[name] = sandbox.map { [AppsReader.key(of: $0, for: name)] } ?? keys
        }
        guard apps.isEmpty, mapping.takeAll().isEmpty else { return apps }
        guard let sandbox, let name = AppName("default") else {
            mapping.problems.add(
                "must name at least one app and where its Divar key comes from", at: "apps", line: mapping.line)
            return apps
        }
        return [name: [AppsReader.key(of: sandbox, for: name)]]
    }

    private static func key(of sandbox: SandboxTarget, for app: AppName) -> AppKeySettings {
        AppKeySettings(source: .fixed(sandbox.key), name: "\(app)/1")
    }

    private static func quota(_ mapping: MappingReader) -> QuotaSettings {
        let perMinute = mapping.integer("per_minute", in: 1...10_000_000)
        let perDay = mapping.integer("per_day", in: 1...1_000_000_000)
        let wait = mapping.duration("max_wait", in: .zero ... .seconds(60))
        let pause = mapping.duration("pause", in: .zero ... .seconds(60))
        mapping.reportUnknownKeys()
        return QuotaSettings(
            perMinute: perMinute, perDay: perDay,
            maximumWait: wait.map { Int64($0 / .microseconds(1)) } ?? QuotaSettings.defaultMaximumWait,
            pause: pause.map { Int64($0 / .microseconds(1)) } ?? QuotaSettings.defaultPause
        )
    }

    /// Where a key comes from of which nothing else is to be said.
    static func source(_ node: Node, path: String, problems: ProblemCollector) -> KeySource? {
        let reader = KeySourceReader(node, path: path, problems: problems)
        defer { reader.finish() }
        return reader.read()
    }
}
