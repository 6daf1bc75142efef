package import Messaging

/// Where a message of an app's shows up.
package struct ReconcileLane: Sendable, Hashable {
    package var app: AppName
    /// Nil where it went to a user, who may be the other side of any conversation.
    package var conversation: String?

    package init(app: AppName, conversation: String?) {
        (self.app, self.conversation) = (app, conversation)
    }

    /// The app's messages that may be in any conversation.
    var anywhere: ReconcileLane { ReconcileLane(app: app, conversation: nil) }
}
