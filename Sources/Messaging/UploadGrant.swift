/// The right to upload one file: a bearer token for another host, so it is neither cached nor logged.
package struct UploadGrant: Sendable, Equatable {
    package var token: Secret
    package var uploadURL: String

    package init(token: Secret, uploadURL: String) {
        self.token = token
        self.uploadURL = uploadURL
    }
}
