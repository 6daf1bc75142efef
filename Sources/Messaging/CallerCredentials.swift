/// What a call shows of who makes it: what it presents, and what is known of the connection that it came on.
package struct CallerCredentials: Sendable {
    /// What stood in `Authorization: Bearer`. Where there is one it counts, and nothing else does.
    package var key: Secret?
    /// The user that the process at the other end of a Unix socket runs as.
    package var userID: UInt32?
    /// The names in a client certificate that was verified.
    package var certificateNames: [CertificateName]
    /// The IP address of the other end; nil for a Unix socket.
    package var address: String?

    package init(
        key: Secret?,
        userID: UInt32? = nil,
        certificateNames: [CertificateName] = [],
        address: String? = nil
    ) {
        self.key = key
        self.userID = userID
        self.certificateNames = certificateNames
        self.address = address
    }
}
