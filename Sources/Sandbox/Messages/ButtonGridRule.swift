private import DivarAPI
private import Messaging
internal import StrictJSON

/// What Divar's schema asks of a grid of buttons.
enum ButtonGridRule {
    private static let actionNames = [
        "open_direct_link", "open_server_link", "get_dynamic_action", "open_post_page", "open_post_manage_page",
    ]

    static func check(_ grid: JSONValue, at place: String) throws(RPCStatus) {
        try ProtobufJSON.requireObject(grid, at: place)
        let rows = try ProtobufJSON.elements("rows", of: grid, at: place + ".")
        guard rows.count <= SandboxLimits.buttonRows else {
            throw refusal(place + ".rows", "has more than \(SandboxLimits.buttonRows) rows")
        }
        for (rowIndex, row) in rows.enumerated() {
            let rowPlace = "\(place).rows[\(rowIndex)]"
            try ProtobufJSON.requireObject(row, at: rowPlace)
            let buttons = try ProtobufJSON.elements("buttons", of: row, at: rowPlace + ".")
            guard buttons.count <= SandboxLimits.buttonsInRow else {
                throw refusal(rowPlace, "has more than \(SandboxLimits.buttonsInRow) buttons")
            }
            for (index, button) in buttons.enumerated() {
                try checkButton(button, at: "\(rowPlace).buttons[\(index)]")
            }
        }
    }

    private static func checkButton(_ button: JSONValue, at place: String) throws(RPCStatus) {
        try ProtobufJSON.requireObject(button, at: place)
        guard try ProtobufJSON.text("caption", of: button, at: place + ".") != nil else {
            throw refusal(place, "has no caption")
        }
        for name in ["icon", "icon_name"] {
            // An enumeration has no empty name; its deprecated twin is a string and may be empty.
            if name == "icon", button[name] == .string("") { throw refusal("\(place).icon", "is no icon's name") }
            guard let icon = try ProtobufJSON.text(name, of: button, at: place + ".") else { continue }
            guard IconList.names.contains(icon) else { throw refusal("\(place).\(name)", "is no icon's name") }
        }
        guard let action = ProtobufJSON.present("action", of: button) else { throw refusal(place, "has no action") }
        try checkAction(action, at: place + ".action")
    }

    private static func checkAction(_ action: JSONValue, at place: String) throws(RPCStatus) {
        try ProtobufJSON.requireObject(action, at: place)
        let present = actionNames.filter { ProtobufJSON.present($0, of: action) != nil }
        guard present.count == 1, let name = present.first, let value = action[name] else {
            throw refusal(place, "must be exactly one of \(actionNames.joined(separator: ", "))")
        }
        let inner = "\(place).\(name)"
        switch name {
        case "open_direct_link":
            guard let link = value.stringValue else { throw refusal(inner, "must be a string, not \(value.kindName)") }
            guard isLink(link) else { throw refusal(inner, "must be an http or https URL") }
        case "open_server_link", "get_dynamic_action":
            try ProtobufJSON.requireObject(value, at: inner)
            if let data = ProtobufJSON.present("data", of: value) {
                try ProtobufJSON.requireObject(data, at: inner + ".data")
            }
        default:
            try ProtobufJSON.requireObject(value, at: inner)
            guard let token = try ProtobufJSON.text("post_token", of: value, at: inner + "."), PostToken(token) != nil
            else { throw refusal(inner, "needs a post_token: 1 to 64 characters of A-Z a-z 0-9 _ -") }
        }
    }

    /// A scheme, a host and nothing that could not stand in a URL. Divar's own rule is not known to be stricter.
    private static func isLink(_ text: String) -> Bool {
        let lowercased = text.lowercased()
        guard let scheme = ["http://", "https://"].first(where: lowercased.hasPrefix) else { return false }
        let host = text.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
        return !host.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }

    private static func refusal(_ place: String, _ complaint: String) -> RPCStatus {
        RPCStatus(.invalidArgument, "\(place) \(complaint)")
    }
}
