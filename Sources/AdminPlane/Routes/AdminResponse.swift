internal import HTTPWire
internal import StrictJSON

/// Answers of the admin listeners, with the fields that guard a browser.
enum AdminResponse {
    /// Everything comes from here, nothing is framed, and no script or style stands in a page itself.
    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

    /// `same-origin`, since without a referrer browsers send forms with `Origin: null` (Fetch section 3.2).
    private static let guards: [(name: String, value: String)] = [
        ("Content-Security-Policy", policy), ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
    ]

    static func page(_ text: String, status: Int = 200) -> Response {
        make(status, "text/html; charset=utf-8", Array(text.utf8))
    }

    static func json(_ value: JSONValue, status: Int = 200) -> Response {
        make(status, "application/json", JSONWriter.bytes(value))
    }

    static func text(_ text: String, type: String = "text/plain; charset=utf-8") -> Response {
        make(200, type, Array(text.utf8))
    }

    static func asset(_ type: String, _ bytes: [UInt8]) -> Response {
        var response = make(200, type, bytes)
        // After an upgrade the pages are new, too.
        response.fields.removeAll { $0.name == "Cache-Control" }
        response.fields.append(("Cache-Control", "no-cache"))
        return response
    }

    /// RFC 9457, without a type of its own: the status says it all.
    static func problem(_ status: Int, _ detail: String) -> Response {
        let body = JSONValue.object([
            JSONMember("status", .number(String(status))), JSONMember("detail", .string(detail)),
        ])
        return make(status, "application/problem+json", JSONWriter.bytes(body))
    }

    static func redirect(to path: String, cookie: String? = nil) -> Response {
        var response = make(303, nil, [])
        response.fields.append(("Location", path))
        if let cookie { response.fields.append(("Set-Cookie", cookie)) }
        return response
    }

    static var eventStream: Response { make(200, "text/event-stream", []) }

    /// A path of these pages; the overview for anything that could lead elsewhere.
    static func ownPath(_ text: String?) -> String {
        guard let text, text.hasPrefix("/"), !text.hasPrefix("//"),
            text.utf8.allSatisfy({ (0x21..<0x7F).contains($0) }),
            !text.contains("\\")
        else { return "/" }
        return text
    }

    private static func make(_ status: Int, _ type: String?, _ body: [UInt8]) -> Response {
        Response(status: status, contentType: type, fields: guards + [("Cache-Control", "no-store")], body: body)
    }
}
