package import Delivery
package import Messaging

/// How one key fares, for those who look.
package struct KeyReport: Sendable, Hashable {
    package let app: AppName
    package let name: String
    package let kind: KeyStanding.Kind
    /// In seconds since 1970; nil where that isn't known.
    package let created: Int?
}
