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
}
