internal import Custody
private import Messaging
internal import Yams

/// Reads a caller's keys: `key_sha256` for one that never expires, `keys` for several.
struct CallerKeysReader {
    private let entry: MappingReader

    init(_ entry: MappingReader) {
        self.entry = entry
    }

    func read() -> [CallerKeyEntry] {
        let expectation = "64 hexadecimal digits, as caller add prints them"
        let only = entry.value("key_sha256", expectation, CallerKeyDigest.init(hexadecimal:))
        let path = entry.path(of: "keys")
        let several = entry.list("keys").enumerated().compactMap { index, node in
            key(MappingReader(node, path: "\(path)[\(index)]", problems: entry.problems), node, expectation)
        }
        return (only.map { [CallerKeyEntry(digest: $0)] } ?? []) + several
    }

    private func key(_ mapping: MappingReader, _ node: Node, _ expectation: String) -> CallerKeyEntry? {
        let digest = mapping.value("sha256", expectation, CallerKeyDigest.init(hexadecimal:))
        let expires = mapping.value("expires", "a time such as 2027-01-01 or 2027-01-01T08:00:00Z", CallerTime.expiry)
        let name = mapping.value("name", "1 to 64 characters of A-Z a-z 0-9 _ - .") { CallerName($0)?.text }
        if mapping.take("sha256") == nil {
            mapping.problems.add("is required", at: mapping.path(of: "sha256"), node: node)
        }
        mapping.reportUnknownKeys()
        return digest.map { CallerKeyEntry(digest: $0, expires: expires, name: name) }
    }
}
