internal import HTTPWire
internal import StrictJSON

/// Divar's upload host.
extension SandboxWorld {
    mutating func upload(
        _ kind: MediaKind,
        _ request: SandboxRequest,
        at now: SandboxTime
    ) throws(RPCStatus) -> Response {
        guard let uploadToken = request.bearerToken, media.admits(uploadToken, at: now) else {
            throw RPCStatus(.unauthenticated, "the upload token is missing, unknown, used or expired")
        }
        let parts: [MultipartPart]
        do {
            parts = try MultipartReader.parts(of: request.body, contentType: request.head.fields[.contentType])
        } catch {
            throw RPCStatus(.invalidArgument, error.message)
        }
        let files = parts.filter { $0.name == "file" }
        guard files.count == 1, let file = files.first, let filename = file.filename, !filename.isEmpty else {
            throw RPCStatus(.invalidArgument, "the form must have one field \"file\" with a file name")
        }
        let fileExtension = filename.split(separator: ".", omittingEmptySubsequences: false).dropFirst().last
        guard let fileExtension, kind.extensions.contains(fileExtension.lowercased()) else {
            let known = kind.extensions.joined(separator: ", ")
            throw RPCStatus(.invalidArgument, "the file's extension must be one of: \(known)")
        }
        guard !file.content.isEmpty else { throw RPCStatus(.invalidArgument, "the file is empty") }
        guard file.content.count <= kind.maximumBytes else {
            throw RPCStatus(
                .invalidArgument, "the file is larger than \(kind.maximumBytes) bytes", httpStatus: 413)
        }
        let mediaToken = newIdentity() + newIdentity()
        media.keep(
            StoredMedia(kind: kind, filename: filename, bytes: file.content.count), as: mediaToken, using: uploadToken)
        return Response(
            json: .object([JSONMember("id", .string(mediaToken)), JSONMember("status", .string("ok"))]))
    }
}
