/// An answer, whole. `Content-Length`, `Date` and `Connection` are added when it is written.
package struct Response: Sendable {
    package var status: Int
    package var contentType: String?
    /// Further fields; names and values must be valid, they are all made here.
    package var fields: [(name: String, value: String)]
    package var body: [UInt8]

    package init(
        status: Int,
        contentType: String? = nil,
        fields: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) {
        self.status = status
        self.contentType = contentType
        self.fields = fields
        self.body = body
    }
}
