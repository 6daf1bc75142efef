/// What is remembered of an uploaded file: everything but its content.
struct StoredMedia: Sendable, Hashable {
    let kind: MediaKind
    let filename: String
    let bytes: Int
}
