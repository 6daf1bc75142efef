internal import Messaging
internal import StrictJSON

extension AnswerBody {
    /// What is known of a user's tokens, and none of them.
    static func userTokens(_ report: UserTokensReport) -> JSONValue {
        func time(_ time: Int64) -> JSONValue { .string(RFC3339Time.text(unixMicroseconds: time)) }
        return .object([
            JSONMember("user", .string(report.name.text)),
            JSONMember("expires_at", time(report.expires)),
            JSONMember("refreshable", .bool(report.isRefreshable)),
            JSONMember("refreshed_at", report.refreshedAt.map(time) ?? .null),
            JSONMember("scope", report.scope.map(JSONValue.string) ?? .null),
        ])
    }
}
