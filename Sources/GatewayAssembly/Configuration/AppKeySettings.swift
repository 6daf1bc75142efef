package import Custody

/// One key of an app's, as the configuration has it.
package struct AppKeySettings: Sendable, Hashable {
    package var source: KeySource
    /// By which logs and people call it.
    package var name: String
    /// What it is allowed in Divar's panel; nil where nobody said.
    package var permissions: Set<String>?
    /// When it was made, in seconds since 1970; nil where nobody said.
    package var created: Int?
    /// How often it is fetched again, for sources that don't show that they changed; nil: on SIGHUP.
    package var refresh: Duration?
}
