/// An `If-None-Match` field (RFC 9110 section 13.1.2).
struct EntityTagCondition {
    private let field: String

    init(_ field: String) {
        self.field = field
    }

    /// Whether the representation with this strong entity tag is one that the client has. Compared weakly, as the
    /// section asks. Members that are no entity tag match nothing.
    func matches(_ entityTag: String) -> Bool {
        if field == "*" { return true }
        var rest = field.utf8[...]
        let wanted = entityTag.utf8
        while let start = rest.firstIndex(of: UInt8(ascii: "\"")) {
            guard let end = rest[rest.index(after: start)...].firstIndex(of: UInt8(ascii: "\"")) else { return false }
            if rest[start...end].elementsEqual(wanted) { return true }
            rest = rest[rest.index(after: end)...]
        }
        return false
    }
}
