internal import Yams

/// One of a caller's keys as it stands in the callers file.
struct CallerKeyNode {
    let hash: String
    private let expires: Int64?
    /// As an element of `keys`.
    let node: Node

    /// In the order in which they are read: the short form first.
    static func all(in entry: Node.Mapping) -> [CallerKeyNode] {
        var nodes: [CallerKeyNode] = []
        if let hash = entry.value(of: "key_sha256")?.scalar {
            let node = Node.Mapping([(Node("sha256"), .scalar(hash))], .implicit, .block)
            nodes.append(CallerKeyNode(hash: hash.string, expires: nil, node: .mapping(node)))
        }
        let keys = entry.value(of: "keys")
        for node in keys?.sequence.map(Array.init) ?? [keys].compactMap({ $0 }) {
            guard let mapping = node.mapping else { continue }
            nodes.append(
                CallerKeyNode(
                    hash: mapping.value(of: "sha256")?.scalar?.string ?? "",
                    expires: mapping.value(of: "expires")?.scalar.flatMap { CallerTime.expiry($0.string) }, node: node)
            )
        }
        return nodes
    }

    /// The element with an end no later than the given one; nil where it has ended.
    func ending(by end: Int64, now: Int64) -> Node? {
        guard end > now, expires ?? end > now, let mapping = node.mapping else { return nil }
        if let expires, expires <= end { return node }
        return .mapping(mapping.setting("expires", to: Node(CallerTime.text(end))))
    }
}
