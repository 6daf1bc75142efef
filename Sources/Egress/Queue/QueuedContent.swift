internal import InternalAPI
internal import Journal
internal import Messaging
private import StrictJSON

/// What a message in the queue needs to be sent, as bytes to be sealed: what it says, with which user's token, in which
/// trace. Of a user whose tokens are kept it is the name: the token of the day is looked up when it is sent.
struct QueuedContent {
    let draft: MessageDraft
    let token: AccessToken?
    let user: UserName?
    let trace: TraceContext

    init(draft: MessageDraft, token: AccessToken?, user: UserName?, trace: TraceContext) {
        (self.draft, self.token, self.user, self.trace) = (draft, token, user, trace)
    }

    /// Nil where the bytes are not those of such a message.
    init?(_ bytes: [UInt8]) {
        guard let value = try? JSONParser.parse(bytes, maximumDepth: QueuedContent.depth),
            let message = value["message"], let trace = value["trace"]?.stringValue,
            let trace = TraceContext(traceparent: trace)
        else { return nil }
        let token = value["token"]?.stringValue.flatMap { AccessToken($0) }
        let user = value["user"]?.stringValue.flatMap { UserName($0) }
        let isForUser = token != nil || user != nil
        guard let draft = SendBody.accepted(JSONWriter.bytes(message), hasUserToken: isForUser) else { return nil }
        self.init(draft: draft, token: token, user: user, trace: trace)
    }

    /// Throws where the draft's own bytes can't be read back, which would be a bug.
    var bytes: [UInt8] {
        get throws {
            let message = try JSONParser.parse(CanonicalContent.request(draft), maximumDepth: QueuedContent.depth)
            var members = [JSONMember("message", message), JSONMember("trace", .string(trace.traceparent))]
            if let token { members.append(JSONMember("token", token.secret.withExposedText(JSONValue.string))) }
            if let user { members.append(JSONMember("user", .string(user.text))) }
            return JSONWriter.bytes(.object(members))
        }
    }

    /// One more than a body may have.
    private static let depth = 40
}
