package import StrictJSON

/// What pressing a button does.
package enum ButtonAction: Sendable, Hashable {
    /// Opens an absolute http or https URL.
    case openURL(String)
    /// Divar asks the app's server where to go, and hands it these members.
    case serverLink([JSONMember])
    /// Divar asks the app's server what to do, and hands it these members.
    case dynamicAction([JSONMember])
    case openPost(PostToken)
    case managePost(PostToken)
}
