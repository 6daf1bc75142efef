package import HTTPWire

/// A request to the sandbox, whole.
package struct SandboxRequest: Sendable {
    package var head: RequestHead
    package var body: [UInt8]

    package init(head: RequestHead, body: [UInt8] = []) {
        self.head = head
        self.body = body
    }

    /// The token in `Authorization: Bearer`, or nil where there is none in that form (RFC 6750 section 2.1).
    var bearerToken: String? {
        guard let authorization = head.fields[.authorization] else { return nil }
        let parts = authorization.split(separator: " ")
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }
}
