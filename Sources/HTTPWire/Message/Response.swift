package import NIOCore

/// An answer, whole. `Content-Length`, `Date` and `Connection` are added when it is written.
package struct Response: Sendable {
    package var status: Int
    package var contentType: String?
    /// Further fields; names and values must be valid, they are all made here.
    package var fields: [(name: String, value: String)]
    /// The body, written from where it lies: many answers may share one.
    package var content: ByteBuffer

    package init(
        status: Int,
        contentType: String? = nil,
        fields: [(name: String, value: String)] = [],
        content: ByteBuffer
    ) {
        self.status = status
        self.contentType = contentType
        self.fields = fields
        self.content = content
    }

    package init(
        status: Int,
        contentType: String? = nil,
        fields: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) {
        self.init(status: status, contentType: contentType, fields: fields, content: ByteBuffer(bytes: body))
    }

    /// A copy of the body.
    package var body: [UInt8] { Array(content.readableBytesView) }

    /// Whether a body can follow its head at all; without one nothing is said of its length (RFC 9110 section 8.6).
    var mayHaveBody: Bool { status >= 200 && status != 204 && status != 304 }
}
