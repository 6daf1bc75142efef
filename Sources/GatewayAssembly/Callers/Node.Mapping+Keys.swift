internal import Yams

/// Entries by the text of their keys: Yams' own subscript compares types, too, and doesn't find `7` as "7".
extension Node.Mapping {
    func value(of key: String) -> Node? {
        first { $0.key.scalar?.string == key }?.value
    }

    /// The mapping with another value for a key, in the same place; nil takes the key out.
    func setting(_ key: String, to value: Node?) -> Node.Mapping {
        var pairs = map { ($0.key, $0.value) }
        let index = pairs.firstIndex { $0.0.scalar?.string == key }
        switch (index, value) {
        case (let index?, let value?): pairs[index].1 = value
        case (let index?, nil): pairs.remove(at: index)
        case (nil, let value?): pairs.append((Node(key), value))
        case (nil, nil): break
        }
        return Node.Mapping(pairs, tag, .block, nil, anchor)
    }
}
