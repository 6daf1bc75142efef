@testable import HTTPWire
import NIOCore

/// What a decoder made of some bytes.
struct RequestReading: Equatable {
    struct Request: Equatable {
        var method: String
        /// Path and query as they came.
        var target: String
        var fields: RequestFields
        var keepsConnection: Bool
        var body: [UInt8] = []
        var isWhole = false
    }

    /// Also one that isn't whole, at the end.
    var requests: [Request] = []
    /// Nil where nothing was refused.
    var refusal: String?
    /// Whether the last request said that no other follows.
    var isOver = false

    /// Our decoder's.
    static func ours(_ parts: [[UInt8]], limits: ServerLimits = ServerLimits()) -> RequestReading {
        var reading = RequestReading()
        var decoder = RequestDecoder(limits: limits)
        var bytes = ByteBuffer()
        for part in parts {
            bytes.writeBytes(part)
            while let part = decoder.next(&bytes) { reading.take(part) }
            bytes.discardReadBytes()
        }
        reading.isOver = decoder.isOver && reading.refusal == nil
        return reading
    }

    private mutating func take(_ part: RequestPart) {
        switch part {
        case .head(let head, let framing):
            let request = Request(
                method: head.method.name, target: head.path + (head.query.map { "?" + $0 } ?? ""), fields: head.fields,
                keepsConnection: framing.keepsConnection
            )
            requests.append(request)
        case .body(let bytes): requests[requests.count - 1].body += bytes.readableBytesView
        case .end: requests[requests.count - 1].isWhole = true
        case .violation(let violation): refusal = "\(violation)"
        }
    }

    /// What is wrong where this is what we took, and the other what somebody else makes of the same bytes: everything
    /// that we take has to have the same meaning there. Nil where nothing is wrong.
    func difference(from other: RequestReading) -> String? {
        for (index, ours) in requests.enumerated() {
            guard index < other.requests.count else {
                return "request \(index) is none there: \(ours), but \(other.refusal ?? "nothing")"
            }
            let theirs = other.requests[index]
            if ours.method != theirs.method { return "the methods are \(ours.method) and \(theirs.method)" }
            if ours.target != theirs.target { return "the targets are \(ours.target) and \(theirs.target)" }
            if ours.fields != theirs.fields { return "the fields are \(ours.fields) and \(theirs.fields)" }
            if ours.keepsConnection, !theirs.keepsConnection { return "the connection is closed there" }
            if ours.isWhole, !theirs.isWhole { return "request \(index) is not whole there, \(other.refusal ?? "")" }
            let isSame = ours.isWhole ? ours.body == theirs.body : theirs.body.starts(with: ours.body)
            if !isSame { return "the bodies are \(ours.body) and \(theirs.body)" }
        }
        if refusal == nil, !isOver, other.requests.count > requests.count {
            return "another request is seen there: \(other.requests[requests.count])"
        }
        return nil
    }
}
