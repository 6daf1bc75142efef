package import Messaging

/// Who an app is to Divar's token endpoint.
package struct OAuthClient: Sendable {
    package let id: String
    package let secret: Secret
    package let redirectURI: String

    package init(id: String, secret: Secret, redirectURI: String) {
        (self.id, self.secret, self.redirectURI) = (id, secret, redirectURI)
    }
}
