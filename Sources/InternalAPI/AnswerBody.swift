internal import Messaging
internal import StrictJSON

/// The bodies of successful answers.
enum AnswerBody {
    static func receipt(_ receipt: SendReceipt) -> JSONValue {
        .object([
            JSONMember("outcome", .string(Outcome.sent.rawValue)),
            JSONMember("message_id", .string(receipt.messageID.description)),
            JSONMember("conversation_id", receipt.conversation.map(JSONValue.string) ?? .null),
            JSONMember("endpoint", .string(receipt.endpoint.text)),
            JSONMember("attempts", .number(String(receipt.attempts))),
        ])
    }

    static func accepted(_ message: MessageID, expires: Int64) -> JSONValue {
        .object([
            JSONMember("message_id", .string(message.description)),
            JSONMember("outcome", .null),
            JSONMember("queue", .string("waiting")),
            JSONMember("expires_at", .string(RFC3339Time.text(unixMicroseconds: expires))),
        ])
    }

    static func planned(_ planned: PlannedSend) -> JSONValue {
        let fields = planned.fields.map { JSONMember($0.name, .string($0.value)) }
        return .object([
            JSONMember("dry_run", .bool(true)),
            JSONMember("outcome", .string(Outcome.notSent.rawValue)),
            JSONMember("endpoint", .string(planned.endpoint.text)),
            JSONMember("alternatives", .array(planned.alternatives.map { .string($0.text) })),
            JSONMember(
                "request",
                .object([
                    JSONMember("method", .string(planned.method)),
                    JSONMember("url", .string(planned.url)),
                    JSONMember("headers", .object(fields)),
                    JSONMember("body", (try? JSONParser.parse(planned.body)) ?? .null),
                ])
            ),
        ])
    }

    static func conversation(_ conversation: Conversation) -> JSONValue {
        .object([
            JSONMember("id", .string(conversation.id)),
            JSONMember("type", conversation.type.map(JSONValue.string) ?? .null),
            JSONMember("post_token", conversation.postToken.map(JSONValue.string) ?? .null),
            JSONMember("messages", .array(conversation.messages)),
        ])
    }

    /// The one place where an upload token is opened: it is what the caller asked for.
    static func grant(_ grant: UploadGrant) -> JSONValue {
        .object([
            JSONMember("token", grant.token.withExposedText(JSONValue.string)),
            JSONMember("upload_url", .string(grant.uploadURL)),
        ])
    }

    static func report(_ report: MessageReport) -> JSONValue {
        func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
        func number(_ number: Int?) -> JSONValue { number.map { .number(String($0)) } ?? .null }
        return .object([
            JSONMember("message_id", .string(report.message.description)),
            JSONMember("outcome", text(report.outcome?.rawValue)),
            JSONMember("reason", text(report.reason)),
            JSONMember("reconciled", text(report.reconciled)),
            JSONMember("queue", text(report.isWaiting.map { $0 ? "waiting" : "sending" })),
            JSONMember("expires_at", text(report.expiresAt)),
            JSONMember("conversation_id", text(report.conversation)),
            JSONMember("user_id", text(report.user)),
            JSONMember("endpoint", text(report.endpoint)),
            JSONMember("attempts", number(report.attempts)),
            JSONMember("divar_status", number(report.status)),
            JSONMember("divar_code", number(report.code)),
            JSONMember("accepted_at", text(report.acceptedAt)),
            JSONMember("decided_at", text(report.decidedAt)),
        ])
    }

    static func readiness(_ readiness: Readiness) -> JSONValue {
        let checks = readiness.checks.map { check in
            JSONValue.object([
                JSONMember("name", .string(check.name)),
                JSONMember("status", .string(check.passes ? "pass" : "fail")),
                JSONMember("detail", .string(check.detail)),
            ])
        }
        return .object([
            JSONMember("status", .string(readiness.isReady ? "ready" : "not_ready")),
            JSONMember("checks", .array(checks)),
        ])
    }
}
