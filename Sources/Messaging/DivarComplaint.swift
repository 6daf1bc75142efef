/// What Divar itself said of a call that it refused.
package struct DivarComplaint: Sendable, Hashable {
    /// The HTTP status.
    package var status: Int
    /// The gRPC code, where Divar gave one.
    package var code: Int?
    package var message: String?

    package init(status: Int, code: Int? = nil, message: String? = nil) {
        self.status = status
        self.code = code
        self.message = message
    }
}
