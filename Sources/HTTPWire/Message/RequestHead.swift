/// What is known of a request before its body is read.
package struct RequestHead: Sendable, Hashable {
    package var method: HTTPMethod
    /// The path as it came, still percent-encoded, with its leading slash.
    package var path: String
    /// What follows the question mark, as it came; nil without one.
    package var query: String?
    package var fields: RequestFields
    /// Whether a body follows, by `Content-Length` above zero or a chunked coding.
    package var hasBody: Bool

    package init(method: HTTPMethod, path: String, query: String?, fields: RequestFields, hasBody: Bool) {
        self.method = method
        self.path = path
        self.query = query
        self.fields = fields
        self.hasBody = hasBody
    }
}
