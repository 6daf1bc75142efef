import ConversationCache
import Messaging
import NIOCore

extension FetchEnd {
    static func text(_ text: String, _ fields: ResponseFields = ResponseFields()) -> FetchEnd {
        .conversation(body: ByteBuffer(string: text), entityTag: "\"\(text)\"", fields: fields)
    }

    static func bytes(_ count: Int) -> FetchEnd {
        .conversation(body: ByteBuffer(repeating: 0x78, count: count), entityTag: "\"x\"", fields: ResponseFields())
    }

    static func unkept(_ text: String) -> FetchEnd {
        .unkept(body: ByteBuffer(string: text), entityTag: "\"\(text)\"", status: 203)
    }

    static let unreachable = FetchEnd.failed(Problem(.divarUnreachable, detail: ""))
    static let failing = FetchEnd.failed(problem(.divarFailed, 503))
    static let missing = FetchEnd.notFound(problem(.notFoundAtDivar, 404))
    static let forbidden = FetchEnd.refused(problem(.divarRefusedCredentials, 403))
    static let bad = FetchEnd.rejected(problem(.divarRejected, 400))

    private static func problem(_ kind: ProblemKind, _ status: Int) -> Problem {
        Problem(kind, detail: "", divar: DivarComplaint(status: status))
    }
}
