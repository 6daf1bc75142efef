internal import NIOCore
private import NIOHTTP1

/// Writes the head of an answer (RFC 9112 section 4) straight into bytes: no list of fields is made of it first.
struct ResponseHeadWriter {
    /// More than most heads have, so that the buffer doesn't grow.
    static let usualBytes = 512

    /// - Parameters:
    ///   - date: the value of `Date`.
    ///   - isClosing: whether the connection ends after it.
    ///   - isStream: whether its body is as long as the connection lives.
    static func write(
        _ response: Response,
        date: String,
        isClosing: Bool,
        isStream: Bool = false,
        to buffer: inout ByteBuffer
    ) {
        writeStatusLine(response.status, to: &buffer)
        if let contentType = response.contentType { write("Content-Type: ", contentType, to: &buffer) }
        if response.mayHaveBody, !isStream {
            buffer.writeStaticString("Content-Length: ")
            buffer.writeString(String(response.content.readableBytes))
            buffer.writeStaticString("\r\n")
        }
        write("Date: ", date, to: &buffer)
        for field in response.fields {
            buffer.writeString(field.name)
            write(": ", field.value, to: &buffer)
        }
        if isClosing { buffer.writeStaticString("Connection: close\r\n") }
        buffer.writeStaticString("\r\n")
    }

    private static func writeStatusLine(_ status: Int, to buffer: inout ByteBuffer) {
        guard status != 200 else {
            buffer.writeStaticString("HTTP/1.1 200 OK\r\n")
            return
        }
        let reason = HTTPResponseStatus(statusCode: status).reasonPhrase
        buffer.writeString("HTTP/1.1 \(status) \(reason)\r\n")
    }

    private static func write(_ start: StaticString, _ value: String, to buffer: inout ByteBuffer) {
        buffer.writeStaticString(start)
        buffer.writeString(value)
        buffer.writeStaticString("\r\n")
    }
}
