package import Custody
package import Journal

/// What a configuration points to, fetched once: the keys of the apps, of the contents and of Divar's events.
package struct GatewaySecrets: Sendable {
    package let keys: AppKeys
    package let sealer: ContentSealer
    /// Nil where no events are expected.
    package let identification: IdentificationKey?
    /// Nil where no tokens of users are kept.
    package let oauth: OAuthSecrets?
}
