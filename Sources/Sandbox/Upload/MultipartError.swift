/// Why a body is no form that the reader takes.
enum MultipartError: Error, Sendable, Hashable, CaseIterable {
    case notMultipart
    case noFirstBoundary
    case badBoundaryLine
    case unterminated
    case tooManyParts
    case headerTooLarge
    case badHeader
    case trailingBytes

    /// What the client is told.
    var message: String {
        switch self {
        case .notMultipart:
            "the body must be multipart/form-data, "
                + "with a boundary of 1 to \(SandboxLimits.multipartBoundaryBytes) characters"
        case .noFirstBoundary: "the body does not begin with its boundary"
        case .badBoundaryLine: "a boundary is followed by something else than a line's or the form's end"
        case .unterminated: "the body ends before its last boundary"
        case .tooManyParts: "the form has more than \(SandboxLimits.multipartParts) parts"
        case .headerTooLarge: "a part's header section has more than \(SandboxLimits.multipartHeaderBytes) bytes"
        case .badHeader: "a part has no well-formed Content-Disposition: form-data with a name"
        case .trailingBytes: "something follows the last boundary"
        }
    }
}
