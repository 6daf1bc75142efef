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

    /// Links are the same where their bytes are.
    package static func == (left: ButtonAction, right: ButtonAction) -> Bool {
        switch (left, right) {
        case (.openURL(let left), .openURL(let right)): left.utf8.elementsEqual(right.utf8)
        case (.serverLink(let left), .serverLink(let right)): left == right
        case (.dynamicAction(let left), .dynamicAction(let right)): left == right
        case (.openPost(let left), .openPost(let right)): left == right
        case (.managePost(let left), .managePost(let right)): left == right
        default: false
        }
    }
}
