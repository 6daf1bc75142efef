package import HTTPWire
private import StrictJSON

/// What operators see of a gateway, on a listener of its own: its metrics. One instance serves one event loop.
package final class AdminResponder: HTTPResponder {
    /// The text of all metrics, and its media type.
    package typealias Metrics = @Sendable () -> (text: String, contentType: String)

    private let metrics: Metrics

    package init(metrics: @escaping Metrics) {
        self.metrics = metrics
    }

    package func admit(_ head: RequestHead, from peer: Peer) -> Admission {
        // No web page may have its reader's browser look here.
        guard head.fields[.origin] == nil else {
            return .refuse(AdminResponder.problem(403, "Requests of web pages are refused."))
        }
        guard head.path == "/metrics" else { return .refuse(AdminResponder.problem(404, "There is no such page.")) }
        guard [.get, .head].contains(head.method) else {
            var response = AdminResponder.problem(405, "It can only be read.")
            response.fields.append(("Allow", "GET, HEAD"))
            return .refuse(response)
        }
        return .accept(bodyLimit: 0) { [metrics] _, reply in
            let (text, contentType) = metrics()
            reply.send(
                Response(
                    status: 200, contentType: contentType, fields: [("Cache-Control", "no-store")],
                    body: Array(text.utf8)))
        }
    }

    package func response(to violation: ProtocolViolation) -> Response {
        AdminResponder.problem(400, "The request can not be served.")
    }

    /// RFC 9457, without a type of its own: the status says it all.
    private static func problem(_ status: Int, _ detail: String) -> Response {
        let body = JSONValue.object([
            JSONMember("status", .number(String(status))), JSONMember("detail", .string(detail)),
        ])
        return Response(
            status: status, contentType: "application/problem+json", fields: [("Cache-Control", "no-store")],
            body: JSONWriter.bytes(body))
    }
}
