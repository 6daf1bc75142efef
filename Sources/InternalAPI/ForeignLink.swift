internal import Messaging

/// A button that leads where its caller's buttons may not.
struct ForeignLink: Equatable {
    let pointer: String
    /// As it stands in the link.
    let host: String

    static func all(in draft: MessageDraft, by policy: LinkPolicy) -> [ForeignLink] {
        found(in: draft.buttons, named: "buttons", by: policy)
            + found(in: draft.senderButtons, named: "sender_buttons", by: policy)
    }

    private static func found(in grid: ButtonGrid, named name: String, by policy: LinkPolicy) -> [ForeignLink] {
        grid.rows.enumerated().flatMap { row, buttons in
            buttons.enumerated().compactMap { column, button in
                guard case .openURL(let link) = button.action else { return nil }
                let host = LinkRule.host(of: link)
                guard !policy.admits(host: host) else { return nil }
                return ForeignLink(pointer: "/\(name)/\(row)/\(column)/open_url", host: host)
            }
        }
    }
}
