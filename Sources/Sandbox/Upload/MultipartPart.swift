/// One part of a form.
struct MultipartPart: Sendable, Hashable {
    let name: String
    /// Nil for a part that is no file.
    let filename: String?
    let content: ArraySlice<UInt8>
}
