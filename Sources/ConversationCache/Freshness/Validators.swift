/// By which Divar can say that an answer still holds (RFC 9110 section 8.8), as Divar wrote them.
package struct Validators: Sendable, Hashable {
    package var entityTag: String?
    package var lastModified: String?

    package init(entityTag: String? = nil, lastModified: String? = nil) {
        self.entityTag = entityTag
        self.lastModified = lastModified
    }

    /// Whether a 304 with those can be about what has these (RFC 9111 section 4.3.4). Compared weakly, as conditions
    /// are.
    func mayConcern(_ stored: Validators) -> Bool {
        guard let tag = entityTag, let storedTag = stored.entityTag else { return true }
        return Validators.opaque(tag) == Validators.opaque(storedTag)
    }

    private static func opaque(_ tag: String) -> Substring { tag.hasPrefix("W/") ? tag.dropFirst(2) : tag[...] }

    package var isEmpty: Bool { entityTag == nil && lastModified == nil }
}
