package import Messaging
package import NIOCore

/// How a fetch ended.
package enum FetchEnd: Sendable {
    /// A valid conversation under status 200, in the form in which it is given out.
    case conversation(body: ByteBuffer, entityTag: String, fields: ResponseFields)
    /// A conversation under another status of success: for those who wait, and not to be kept.
    case unkept(body: ByteBuffer, entityTag: String, status: Int)
    /// 304 to a request with validators.
    case notModified(fields: ResponseFields)
    /// Divar itself said 404.
    case notFound(Problem, fields: ResponseFields = ResponseFields())
    /// 401 or 403: what this token brought is nobody's any more.
    case refused(Problem)
    /// Divar failed, can't be reached or has spent its quota.
    case failed(Problem)
    /// Any other answer.
    case rejected(Problem)

    /// What a 304 is to a request that didn't ask what has changed.
    package static let unasked = Problem(
        .divarUnintelligible, detail: "Divar says that something unknown has not changed."
    )

    /// Divar's status, where it answered.
    package var status: Int? {
        switch self {
        case .conversation: 200
        case .unkept(_, _, let status): status
        case .notModified: 304
        case .notFound(let problem, _), .refused(let problem), .failed(let problem), .rejected(let problem):
            problem.divar?.status
        }
    }

    /// Whether it says what the conversation is now.
    var isAnswer: Bool {
        switch self {
        case .conversation, .unkept, .notModified, .notFound: true
        case .refused, .failed, .rejected: false
        }
    }
}
