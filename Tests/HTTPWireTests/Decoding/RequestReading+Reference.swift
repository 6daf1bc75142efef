@testable import HTTPWire
import NIOCore
import NIOEmbedded
import NIOHTTP1

extension RequestReading {
    /// What llhttp makes of the bytes, by NIO's decoder around it.
    static func reference(_ parts: [[UInt8]]) -> RequestReading {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 1 << 20
        limits.maxHeaderListSize = 1 << 20
        limits.maxHeaderFieldCount = 1000
        let decoder = HTTPRequestDecoder(
            leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .drop, limitConfiguration: limits)
        let channel = EmbeddedChannel(handler: ByteToMessageHandler(decoder))
        var reading = RequestReading()
        for part in parts where reading.refusal == nil {
            do {
                _ = try channel.writeInbound(ByteBuffer(bytes: part))
            } catch {
                reading.refusal = "\(error)"
            }
        }
        while let part = try? channel.readInbound(as: HTTPServerRequestPart.self) { reading.take(part) }
        // What it still complains of was looked at above.
        _ = try? channel.finish(acceptAlreadyClosed: true)
        return reading
    }

    private mutating func take(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head):
            let request = Request(
                method: head.method.rawValue, target: RequestReading.originForm(head.uri),
                fields: RequestReading.fields(head.headers), keepsConnection: head.isKeepAlive
            )
            requests.append(request)
        case .body(let bytes): requests[requests.count - 1].body += bytes.readableBytesView
        case .end: requests[requests.count - 1].isWhole = true
        }
    }

    /// Without a scheme and an authority: what they mean is compared by tests of their own.
    private static func originForm(_ target: String) -> String {
        guard target.first != "/", let colon = target.firstRange(of: "://") else { return target }
        let rest = target[colon.upperBound...].drop { $0 != "/" && $0 != "?" }
        return rest.first == "/" ? String(rest) : "/" + rest
    }

    private static func fields(_ headers: HTTPHeaders) -> RequestFields {
        var fields = RequestFields()
        for (name, value) in headers {
            guard let name = FieldName(rawValue: name.lowercased()) else { continue }
            // White space behind a value is left there (RFC 9112 section 5.1 excludes it).
            fields.add(
                name,
                String(value.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed()))
        }
        return fields
    }
}
