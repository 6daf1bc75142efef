import NIOCore

@testable import HTTPWire

let requestTargets = [FuzzTarget("request", checkRequest)]

/// A request is the same however its bytes are cut, ends where it says, and leaves nothing to be read in two ways.
private func checkRequest(_ bytes: [UInt8]) {
    let (first, stream) = bytes.led
    let whole = DecodedStream(stream, cutAfter: stream.count)
    require(DecodedStream(stream, cutAfter: 1) == whole, "byte by byte it is the same")
    require(DecodedStream(stream, cutAfter: 2 + Int(first)) == whole, "in pieces it is the same")
    for request in whole.requests { check(request) }
    if whole.violation != nil {
        let more = DecodedStream(stream + Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8), cutAfter: stream.count)
        require(more == whole, "nothing is read behind a violation")
    }
}

private func check(_ request: DecodedStream.Request) {
    let head = request.head
    require(head.path.hasPrefix("/"), "a path begins with a slash")
    let target = head.path + (head.query ?? "")
    require(target.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "a target is visible ASCII")
    for name in FieldName.allCases {
        guard let value = head.fields[name] else { continue }
        require(value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }, "a value has no control characters")
        require(!(value.utf8.first == 0x20 || value.utf8.last == 0x20), "nor space around it")
    }
    require(head.fields.repeated == nil, "what may come once came once")
    let framing = request.framing
    require(!(framing.isChunked && framing.contentLength != nil), "a length or chunks, and not both")
    require(head.hasBody == framing.hasBody, "the head and its framing agree on a body")
    if request.isEnded, !framing.isChunked {
        require(request.body.count == framing.contentLength ?? 0, "a body is as long as it says")
    }
    require(framing.contentLength.map { request.body.count <= $0 } ?? true, "and never longer")
}

/// What a decoder made of a stream of bytes that came in pieces.
private struct DecodedStream: Equatable {
    struct Request: Equatable {
        var head: RequestHead
        var framing: RequestFraming
        var body: [UInt8] = []
        var isEnded = false
    }

    /// So small that inputs pass them.
    private static let limits = {
        var limits = ServerLimits()
        (limits.requestLineBytes, limits.headerBytes, limits.headerFields) = (128, 512, 8)
        return limits
    }()

    private(set) var requests: [Request] = []
    private(set) var violation: ProtocolViolation?

    init(_ stream: [UInt8], cutAfter length: Int) {
        var decoder = RequestDecoder(limits: DecodedStream.limits)
        var buffer = ByteBuffer()
        var rest = stream[...]
        while !rest.isEmpty {
            buffer.writeBytes(rest.prefix(length))
            rest = rest.dropFirst(length)
            while let part = decoder.next(&buffer) { take(part) }
            require(violation == nil || decoder.isOver, "a violation is the end")
            require(!decoder.isOver || buffer.readableBytes == 0, "what is over keeps nothing")
        }
    }

    private mutating func take(_ part: RequestPart) {
        require(violation == nil, "nothing comes behind a violation")
        switch part {
        case .head(let head, let framing):
            require(requests.last?.isEnded ?? true, "a head comes behind an end")
            require(requests.last?.framing.keepsConnection ?? true, "and not behind the last request")
            requests.append(Request(head: head, framing: framing))
        case .body(let piece):
            require(piece.readableBytes > 0 && requests.last?.isEnded == false, "a piece of a body has some of it")
            requests[requests.count - 1].body += Array(piece.readableBytesView)
        case .end:
            require(requests.last?.isEnded == false, "an end ends a request")
            requests[requests.count - 1].isEnded = true
        case .violation(let found): violation = found
        }
    }
}
