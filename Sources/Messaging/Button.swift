/// One thing to press under a message.
package struct Button: Sendable, Hashable {
    package var caption: String
    package var icon: IconName?
    package var action: ButtonAction

    package init(caption: String, icon: IconName? = nil, action: ButtonAction) {
        self.caption = caption
        self.icon = icon
        self.action = action
    }

    /// Captions are the same where their bytes are.
    package static func == (left: Button, right: Button) -> Bool {
        left.caption.utf8.elementsEqual(right.caption.utf8) && left.icon == right.icon && left.action == right.action
    }
}
