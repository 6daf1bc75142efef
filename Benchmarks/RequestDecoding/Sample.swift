/// A request as clients send it.
struct Sample {
    let name: String
    let bytes: [UInt8]

    static let all = [
        Sample("a read, as a service sends it", fields: authorised),
        Sample("a read with much that nobody reads", fields: authorised + browser),
        Sample("a send with a body", line: "POST /send HTTP/1.1", fields: authorised + content, body: message),
    ]

    private static let authorised = """
        Host: divar-gateway.internal:8080
        User-Agent: python-requests/2.32.3
        Accept-Encoding: gzip, deflate
        Accept: application/json
        Connection: keep-alive
        Authorization: Bearer 4f1c0b6d9a3e5f7890ab12cd34ef56aa4f1c0b6d9a3e5f7890ab12cd34ef56aa
        X-Access-Token: eyJhbGciOiJSUzI1NiJ9.0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.s1gn4tur3
        traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01

        """
    private static let browser = """
        Accept-Language: fa-IR,fa;q=0.9,en-US;q=0.8,en;q=0.7
        X-Request-Id: 0190b6ac-6b0e-7d07-9d5c-0b1d7b3a9f51
        X-Forwarded-For: 10.11.12.13, 10.14.15.16
        X-Forwarded-Proto: https
        X-Envoy-Attempt-Count: 1
        X-B3-TraceId: 4bf92f3577b34da6a3ce929d0e0e4736
        Cookie: session=0123456789abcdef0123456789abcdef; theme=dark; other=0123456789abcdef0123456789abcdef

        """
    private static let content = "Content-Type: application/json\nContent-Length: \(message.utf8.count)\n"
    private static let message =
        #"{"conversation_id":"c-0123456789","text":"\#(String(repeating: "سلام ", count: 30))"}"#

    private init(
        _ name: String, line: String = "GET /conversations/c-0123456789 HTTP/1.1", fields: String, body: String = ""
    ) {
        self.name = name
        let head = fields.split(separator: "\n").map { $0 + "\r\n" }.joined()
        bytes = Array("\(line)\r\n\(head)\r\n\(body)".utf8)
    }
}
