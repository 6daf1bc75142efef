internal import HTTPWire
internal import StrictJSON

/// What can become of an answer, other than being late.
enum AnswerFault: Sendable, Hashable {
    /// A page as a failing edge sends it.
    case edgeHTML(status: Int)
    case cutBeforeHead
    case cutInBody
    case neverAnswer
    case refuseConnections(milliseconds: Int)
    /// The endpoint isn't there any more.
    case routeGone
    case emptyBody
    case wrongShape
    case hugeBody
    case redirect(location: String)
    /// A refusal as Divar words it.
    case status(httpStatus: Int, code: Int, message: String)

    /// What the client gets.
    ///
    /// - Parameter answer: what it would have got, asked for only where something of it is left.
    func reply(insteadOf answer: () -> Response) -> SandboxReply {
        switch self {
        case .edgeHTML(let status): .respond(AnswerFault.edgePage(status: status))
        case .cutBeforeHead: .close
        case .cutInBody: AnswerFault.half(answer())
        case .neverAnswer: .hold(milliseconds: SandboxLimits.neverAnswerMilliseconds)
        case .refuseConnections(let milliseconds): .refuseConnections(milliseconds: milliseconds, answering: nil)
        case .routeGone: .respond(RPCStatus.notFound.response)
        case .emptyBody: .respond(Response(status: answer().status, contentType: "application/json"))
        case .wrongShape: .respond(Response(status: answer().status, json: .array([])))
        case .hugeBody: .respond(AnswerFault.huge(status: answer().status))
        case .redirect(let location):
            .respond(Response(status: 302, fields: [(name: "Location", value: location)]))
        case .status(let httpStatus, let code, let message):
            .respond(AnswerFault.refusal(httpStatus: httpStatus, code: code, message: message))
        }
    }

    private static func half(_ answer: Response) -> SandboxReply {
        .cut(answer, bodyBytes: answer.body.count / 2)
    }

    private static func edgePage(status: Int) -> Response {
        let page = """
            <!DOCTYPE html>
            <html><head><title>\(status)</title></head>
            <body><center><h1>\(status)</h1></center><hr><center>edge</center></body></html>

            """
        return Response(status: status, contentType: "text/html; charset=utf-8", body: Array(page.utf8))
    }

    /// Valid JSON, so that only its size is wrong with it.
    private static func huge(status: Int) -> Response {
        let opening = Array(#"{"padding":""#.utf8)
        let closing = Array(#""}"#.utf8)
        let padding = Array(
            repeating: UInt8(ascii: "x"), count: SandboxLimits.hugeBodyBytes - opening.count - closing.count)
        return Response(status: status, contentType: "application/json", body: opening + padding + closing)
    }

    private static func refusal(httpStatus: Int, code: Int, message: String) -> Response {
        Response(
            status: httpStatus,
            json: .object([
                JSONMember("code", .number(String(code))),
                JSONMember("message", .string(message)),
                JSONMember("details", .array([])),
            ])
        )
    }
}
