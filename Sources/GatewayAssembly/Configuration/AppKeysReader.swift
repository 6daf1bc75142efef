internal import Custody
internal import DivarAPI
internal import Messaging
internal import Yams

/// Reads `apps.NAME.keys`.
struct AppKeysReader {
    private let app: AppName
    private let problems: ProblemCollector
    private let path: String

    init(_ app: AppName, path: String, problems: ProblemCollector) {
        (self.app, self.path, self.problems) = (app, path, problems)
    }

    func read(_ nodes: [Node]) -> [AppKeySettings] {
        var keys: [AppKeySettings] = []
        for (index, node) in nodes.enumerated() {
            guard let key = key(node, place: index + 1) else { continue }
            if keys.contains(where: { $0.name == key.name }) {
                problems.add("has the same name as another one of the app's: \(key.name)", at: path, node: node)
            }
            keys.append(key)
        }
        return keys
    }

    private func key(_ node: Node, place: Int) -> AppKeySettings? {
        let reader = KeySourceReader(node, path: path, problems: problems)
        let source = reader.read()
        let entry = reader.others
        let name = entry.value("name", "1 to 64 characters of A-Z a-z 0-9 _ - .", { CallerName($0)?.text })
        let created = entry.value("created", "a day such as 2026-10-01", AppKeysReader.day)
        let refresh = entry.duration("refresh", in: .seconds(1) ... .seconds(7 * 86_400))
        let permissions = permissions(entry)
        reader.finish()
        guard let source else { return nil }
        return AppKeySettings(
            source: source, name: "\(app)/\(name ?? String(place))", permissions: permissions, created: created,
            refresh: refresh
        )
    }

    private func permissions(_ entry: MappingReader) -> Set<String>? {
        let nodes = entry.list("permissions")
        guard !nodes.isEmpty else { return nil }
        let known = Catalogue.keyPermissions
        return Set(
            nodes.compactMap { node in
                guard let text = node.scalar?.string, known.contains(text) else {
                    let message = "must be of Divar's permissions: \(known.sorted().joined(separator: ", "))"
                    problems.add(message, at: entry.path(of: "permissions"), node: node)
                    return nil
                }
                return text
            }
        )
    }

    private static func day(_ text: String) -> Int? {
        guard text.utf8.count == 10 else { return nil }
        return RFC3339Time.unixMicroseconds("\(text)T00:00:00Z").map { Int($0 / 1_000_000) }
    }
}
