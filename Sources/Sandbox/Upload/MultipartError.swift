/// Why a body is no form that the reader takes. The raw value is what the client is told.
enum MultipartError: String, Error, Sendable, Hashable, CaseIterable {
    case notMultipart = "the body must be multipart/form-data with a boundary of 1 to 70 characters"
    case noFirstBoundary = "the body does not begin with its boundary"
    case badBoundaryLine = "a boundary is followed by something else than a line's or the form's end"
    case unterminated = "the body ends before its last boundary"
    case tooManyParts = "the form has more than 16 parts"
    case headerTooLarge = "a part's header section has more than 8192 bytes"
    case badHeader = "a part has no well-formed Content-Disposition: form-data with a name"
    case trailingBytes = "something follows the last boundary"
}
