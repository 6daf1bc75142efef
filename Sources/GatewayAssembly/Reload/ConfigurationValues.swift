private import Yams

/// What stands in a configuration, key by key, to see by it what changed. The values are for comparing alone.
package struct ConfigurationValues: Sendable, Hashable {
    /// By the key's path, such as `callers.shop.app`. A list is one value.
    private let values: [String: String]

    /// What isn't YAML has no values; whoever reads it for its meaning says what is wrong.
    package init(yaml: String) {
        var values: [String: String] = [:]
        if let node = try? compose(yaml: yaml) { ConfigurationValues.collect(node, at: "", into: &values) }
        self.values = values
    }

    /// The keys that came, went or have another value, in their order.
    package func keysChanged(since old: ConfigurationValues) -> [String] {
        Set(values.keys).union(old.values.keys).filter { values[$0] != old.values[$0] }.sorted()
    }

    private static func collect(_ node: Node, at path: String, into values: inout [String: String]) {
        guard case .mapping(let mapping) = node else {
            values[path] = text(of: node)
            return
        }
        for (key, value) in mapping {
            let name = key.scalar?.string ?? ""
            collect(value, at: path.isEmpty ? name : path + "." + name, into: &values)
        }
        // A key that is there and empty differs from one that isn't.
        if mapping.isEmpty { values[path] = "{}" }
    }

    /// Different for different values; styles and comments don't count.
    private static func text(of node: Node) -> String {
        switch node {
        case .scalar(let scalar): "\(scalar.string.utf8.count):\(scalar.string)"
        case .sequence(let sequence): "[" + sequence.map { text(of: $0) }.joined(separator: ",") + "]"
        case .mapping(let mapping):
            "{" + mapping.map { text(of: $0.key) + "=" + text(of: $0.value) }.joined(separator: ",") + "}"
        case .alias(let alias): "*\(alias.anchor.rawValue)"
        }
    }
}
