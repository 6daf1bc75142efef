internal import DivarAPI
internal import StrictJSON

/// A message as Divar's gRPC-JSON gateway and schema let it in.
///
/// Members that no schema has are ignored, null and an empty string are an absent member, and a member of another type
/// is refused: so protobuf's JSON has it.
struct MessageBody: Sendable, Hashable {
    enum Content: Sendable, Hashable {
        case text(String)
        case media(String)
    }

    let content: Content
    /// The grids of buttons under their own names, as they came.
    let grids: [JSONMember]

    init(_ bytes: [UInt8], form: BodyForm, contract: Contract) throws(RPCStatus) {
        let body = try ProtobufJSON.object(bytes)
        let textName = form == .conversationMessage ? "message" : "text_message"
        let gridNames = form == .conversationMessage ? ["sender_buttons", "receiver_buttons"] : ["buttons"]
        if form == .botMessage {
            // The target that is not in the path: known, so its type counts; without effect, for the path says it.
            _ = try ProtobufJSON.text(contract == .december2025 ? "user_id" : "conversation_id", of: body)
        }
        let text = try ProtobufJSON.text(textName, of: body)
        let media = try ProtobufJSON.text("media_token", of: body)
        switch (text, media) {
        case (let text?, nil): content = .text(text)
        case (nil, let media?): content = .media(media)
        case (nil, nil): throw RPCStatus(.invalidArgument, "\(textName) or media_token is required")
        case (_?, _?): throw RPCStatus(.invalidArgument, "\(textName) and media_token exclude each other")
        }
        var grids: [JSONMember] = []
        for name in gridNames {
            guard let grid = ProtobufJSON.present(name, of: body) else { continue }
            try ButtonGridRule.check(grid, at: name)
            grids.append(JSONMember(name, grid))
        }
        self.grids = grids
    }
}
