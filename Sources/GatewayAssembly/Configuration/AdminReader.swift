private import AdminPlane
private import Custody
private import HTTPWire
private import Messaging
internal import Yams

/// Reads `admin`.
struct AdminReader {
    private let mapping: MappingReader

    init(_ mapping: MappingReader) {
        self.mapping = mapping
    }

    func read() -> AdminSettings {
        var settings = AdminSettings()
        settings.listeners = ListenReader(
            mapping.list("listen"), path: mapping.path(of: "listen"), problems: mapping.problems
        ).read()
        settings.keys = keys(mapping.mapping("keys"))
        mapping.reportUnknownKeys()
        if settings.keys.isEmpty { requireLocal(settings.listeners) }
        return settings
    }

    private func requireLocal(_ listeners: [Listener]) {
        for listener in listeners where !listener.address.isLocal {
            mapping.problems.add(
                "\(listener.address) can be reached from other machines, and there are no admin.keys: everybody could look",
                at: listener.key, line: mapping.problems.lines[listener.key])
        }
    }

    private func keys(_ mapping: MappingReader) -> [AdminKeyEntry] {
        mapping.takeAll().compactMap { name, line, node in
            let path = mapping.path(of: name)
            guard CallerName(name) != nil else {
                mapping.problems.add("is not a name: 1 to 64 characters of A-Z a-z 0-9 _ - .", at: path, line: line)
                return nil
            }
            return entry(name, MappingReader(node, path: path, problems: mapping.problems), node)
        }
    }

    private func entry(_ name: String, _ mapping: MappingReader, _ node: Node) -> AdminKeyEntry? {
        let digest = mapping.value(
            "key_sha256", "64 hexadecimal digits, as admin key prints them", CallerKeyDigest.init(hexadecimal:))
        let expires = mapping.value("expires", "a time such as 2027-01-01 or 2027-01-01T08:00:00Z", CallerTime.expiry)
        let rights = rights(mapping)
        if mapping.take("key_sha256") == nil {
            mapping.problems.add("is required", at: mapping.path(of: "key_sha256"), node: node)
        }
        mapping.reportUnknownKeys()
        return digest.map {
            AdminKeyEntry(name: name, key: CallerKeyEntry(digest: $0, expires: expires), rights: rights)
        }
    }

    private func rights(_ mapping: MappingReader) -> Set<AdminRight> {
        let nodes = mapping.list("may")
        let known = AdminRight.allCases.map(\.rawValue).joined(separator: ", ")
        if nodes.isEmpty {
            mapping.problems.add("must list some of \(known)", at: mapping.path(of: "may"), line: mapping.line)
        }
        return Set(
            nodes.compactMap { node in
                let right = AdminRight(rawValue: node.scalar?.string ?? "")
                if right == nil {
                    mapping.problems.add("must be some of \(known)", at: mapping.path(of: "may"), node: node)
                }
                return right
            })
    }
}
