internal import StrictJSON

/// Something that the buyer says: `{"text": "…"}`.
struct BuyersText: Sendable, Hashable {
    let text: String
}

extension BuyersText: ScriptReadable {
    init?(reading value: JSONValue, at place: String, problems: inout [String]) {
        var members = MemberReading(value, at: place, allowed: ["text"])
        let text = members.text("text", maximumBytes: SandboxLimits.bodyBytes)
        members.require("text")
        guard members.finish(into: &problems), let text else { return nil }
        self.text = text
    }
}
