private import Crypto
internal import ConversationCache
internal import Delivery
internal import DivarAPI
internal import InternalAPI
internal import Messaging
internal import NIOCore

extension FetchEnd {
    /// What the end of a call means for the cache.
    ///
    /// - Parameter now: seconds since 1970.
    init(_ end: UpstreamEnd, now: Int) {
        let fields = end.caching.map { ResponseFields($0, now: now) } ?? ResponseFields()
        switch end.result {
        case .answered(.conversation(let conversation), _):
            let bytes = ConversationBody.bytes(of: conversation)
            let (body, entityTag) = (ByteBuffer(bytes: bytes), FetchEnd.entityTag(of: bytes))
            self =
                end.status == 200
                ? .conversation(body: body, entityTag: entityTag, fields: fields)
                : .unkept(body: body, entityTag: entityTag, status: end.status ?? 200)
        case .answered(.notModified, _):
            self = .notModified(fields: fields)
        default:
            let problem = UpstreamCaller.problem(for: end.result, at: end.endpoint)
            self = FetchEnd.problem(problem, status: end.status, fields: fields)
        }
    }

    private static func problem(_ problem: Problem, status: Int?, fields: ResponseFields) -> FetchEnd {
        switch (problem.kind, status) {
        case (_, 401?), (_, 403?), (.divarRefusedCredentials, _): .refused(problem)
        // Divar's own error and not an edge's page: that the conversation isn't there is confirmed.
        case (.notFoundAtDivar, 404?): .notFound(problem, fields: fields)
        case (.divarLimit, _), (.divarFailed, _), (.divarUnreachable, _), (.divarTimeout, _), (.overloaded, _),
            (.quota, _), (.divarUnavailable, _):
            .failed(problem)
        // An edge's page, half a body: where the status is no word against the request, Divar failed.
        case (.divarUnintelligible, let status): isRefusal(status) ? .rejected(problem) : .failed(problem)
        default: .rejected(problem)
        }
    }

    /// 408 and 429 speak of the moment and not of the request.
    private static func isRefusal(_ status: Int?) -> Bool {
        guard let status, status != 408, status != 429 else { return false }
        return (400..<500).contains(status)
    }

    /// Strong: equal bodies and only they have it (RFC 9110 section 8.8.1). Half of a SHA-256 is more than enough to
    /// tell the versions of one conversation apart.
    private static func entityTag(of body: [UInt8]) -> String {
        "\"" + Hexadecimal.text(Array(SHA256.hash(data: body).prefix(16))) + "\""
    }
}
