internal import Messaging
internal import StrictJSON

/// Reads rows of buttons and collects what is wrong with them.
struct ButtonGridReader {
    private(set) var violations = ViolationList()

    private static let actionNames = ["open_url", "server_link", "dynamic_action", "open_post", "manage_post"]

    /// An absent value is an empty grid. What comes back is only of use while there are no violations.
    mutating func grid(_ value: JSONValue?, at pointer: JSONPointer) -> ButtonGrid {
        guard let value else { return ButtonGrid() }
        guard let rows = value.arrayValue else {
            violations.add(pointer, "must be an array of rows, not \(value.kindName)")
            return ButtonGrid()
        }
        if rows.count > ButtonGrid.maximumRows {
            violations.add(pointer, "must have at most \(ButtonGrid.maximumRows) rows, and has \(rows.count)")
        }
        return ButtonGrid(rows: rows.enumerated().map { index, row in self.row(row, at: pointer.appending(index)) })
    }

    private mutating func row(_ value: JSONValue, at pointer: JSONPointer) -> [Button] {
        guard let buttons = value.arrayValue else {
            violations.add(pointer, "must be an array of buttons, not \(value.kindName)")
            return []
        }
        if buttons.isEmpty {
            violations.add(pointer, "must have a button")
        } else if buttons.count > ButtonGrid.maximumButtonsInRow {
            violations.add(
                pointer, "must have at most \(ButtonGrid.maximumButtonsInRow) buttons, and has \(buttons.count)"
            )
        }
        return buttons.enumerated().compactMap { index, button in
            self.button(button, at: pointer.appending(index))
        }
    }

    private mutating func button(_ value: JSONValue, at pointer: JSONPointer) -> Button? {
        guard case .object = value else {
            violations.add(pointer, "must be an object, not \(value.kindName)")
            return nil
        }
        let object = MemberReader(
            value, at: pointer, knowing: Set(["caption", "icon"] + ButtonGridReader.actionNames),
            violations: &violations
        )
        let caption = caption(object["caption"], at: pointer.appending("caption"))
        let icon = icon(object["icon"], at: pointer.appending("icon"))
        let actions = ButtonGridReader.actionNames.filter { object[$0] != nil }
        guard actions.count == 1, let name = actions.first, let actionValue = object[name] else {
            let found = actions.isEmpty ? "there is none" : "there are \(actions.joined(separator: ", "))"
            violations.add(
                pointer,
                "exactly one of \(ButtonGridReader.actionNames.joined(separator: ", ")) is required, and \(found)"
            )
            return nil
        }
        guard let action = action(name, actionValue, at: pointer.appending(name)), let caption else { return nil }
        return Button(caption: caption, icon: icon, action: action)
    }

    private mutating func caption(_ value: JSONValue?, at pointer: JSONPointer) -> String? {
        guard let value else {
            violations.add(pointer, "is required")
            return nil
        }
        guard let caption = violations.string(value, at: pointer) else { return nil }
        if caption.isEmpty { violations.add(pointer, "must not be empty") }
        return caption
    }

    private mutating func icon(_ value: JSONValue?, at pointer: JSONPointer) -> IconName? {
        guard let value, let text = violations.string(value, at: pointer) else { return nil }
        guard let icon = IconName(text) else {
            violations.add(pointer, "must be the name of an icon: 1 to 64 characters of A-Z a-z 0-9 _")
            return nil
        }
        return icon
    }

    private mutating func action(_ name: String, _ value: JSONValue, at pointer: JSONPointer) -> ButtonAction? {
        switch name {
        case "open_url":
            guard let text = violations.string(value, at: pointer) else { return nil }
            if let reason = LinkRule.violation(in: text) {
                violations.add(pointer, reason)
                return nil
            }
            return .openURL(text)
        case "server_link":
            return data(value, at: pointer).map(ButtonAction.serverLink)
        case "dynamic_action":
            return data(value, at: pointer).map(ButtonAction.dynamicAction)
        case "open_post":
            return post(value, at: pointer).map(ButtonAction.openPost)
        default:
            return post(value, at: pointer).map(ButtonAction.managePost)
        }
    }

    private mutating func data(_ value: JSONValue, at pointer: JSONPointer) -> [JSONMember]? {
        guard let members = value.objectMembers else {
            violations.add(pointer, "must be an object, not \(value.kindName)")
            return nil
        }
        return members
    }

    private mutating func post(_ value: JSONValue, at pointer: JSONPointer) -> PostToken? {
        guard let text = violations.string(value, at: pointer) else { return nil }
        guard let post = PostToken(text) else {
            violations.add(pointer, "must be a post's token: 1 to 64 characters of A-Z a-z 0-9 _ -")
            return nil
        }
        return post
    }
}
