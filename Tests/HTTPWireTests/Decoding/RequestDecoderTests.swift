import Foundation
@testable import HTTPWire
import NIOCore
import Testing

/// The decoder as a value: what it gives, when, and what it leaves.
@Suite struct RequestDecoderTests {
    private static let chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"

    /// A short name for each part that comes of some bytes.
    private func parts(_ texts: String..., limits: ServerLimits = ServerLimits()) -> [String] {
        var decoder = RequestDecoder(limits: limits)
        var bytes = ByteBuffer()
        var found: [String] = []
        for text in texts {
            bytes.writeString(text)
            while let part = decoder.next(&bytes) {
                switch part {
                case .head(let head, _): found.append("\(head.method.name) \(head.path)")
                case .body(let piece): found.append(String(buffer: piece))
                case .end: found.append("end")
                case .violation(let violation): found.append("\(violation)")
                }
            }
        }
        return found
    }

    @Test func `parts come as soon as their bytes are there`() {
        let texts = [
            "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r", "\nab", "", "cde", "\r\nGET /y HTTP/1.0\r\n\r\n",
        ]
        #expect(parts(texts[0]) == [])
        #expect(parts(texts[0], texts[1]) == ["POST /x", "ab"])
        #expect(parts(texts[0], texts[1], texts[2], texts[3]) == ["POST /x", "ab", "cde", "end"])
        let all = ["POST /x", "ab", "cde", "end", "GET /y", "end"]
        #expect(parts(texts[0], texts[1], texts[2], texts[3], texts[4]) == all)
    }

    @Test func `chunks are given as they come, and what is around them is not`() {
        let bytes = parts(Self.chunked + "3;a=b\r\nabc\r", "\n1\r\nd\r\n0\r\nX: y\r\n", "\r\nGET")
        #expect(bytes == ["POST /", "abc", "d", "end"])
    }

    @Test func `nothing comes behind a violation, nor behind a last request`() {
        let next = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        #expect(parts("GET / HTTP/1.1\r\n\r\n", next, next) == ["missingOrRepeatedHost"])
        #expect(parts("GET / HTTP/1.0\r\n\r\n", next) == ["GET /", "end"])
        #expect(parts("GET /x HTTP/1.1\r\nHost: a\r\nConnection: x, close\r\n\r\n" + next, next) == ["GET /x", "end"])
        #expect(parts("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n" + next) == ["TRACE /", "end"])
    }

    @Test func `what nobody reads any more is taken from the buffer`() {
        var decoder = RequestDecoder(limits: ServerLimits())
        var bytes = ByteBuffer(string: "nonsense\r\n\r\nmore")
        guard case .violation(.malformed) = decoder.next(&bytes) else {
            Issue.record("nonsense is taken")
            return
        }
        #expect(decoder.isOver)
        #expect(decoder.next(&bytes) == nil && bytes.readableBytes == 0)
    }

    @Test func `a head has begun with its first byte, and not with an empty line`() {
        var decoder = RequestDecoder(limits: ServerLimits())
        var bytes = ByteBuffer()
        for (text, isInHead) in [
            ("\r", false), ("\n", false), ("G", true), ("ET / HTTP/1.1\r\n", true), ("Host: a\r\n", true),
        ] {
            bytes.writeString(text)
            #expect(decoder.next(&bytes) == nil)
            #expect(decoder.isInHead == isInHead)
        }
        bytes.writeString("\r\n")
        #expect(decoder.next(&bytes) != nil && !decoder.isInHead)
    }

    /// One spelling is one value: bytes that are no UTF-8 would come out as the same replacement, whatever they were.
    @Test func `bytes beyond ASCII are opaque where nobody reads them, and have to be UTF-8 elsewhere`() {
        func head(_ name: String) -> [UInt8] {
            Array("GET / HTTP/1.1\r\nHost: a\r\n\(name): ".utf8) + [0xFF, 0x80] + Array("\r\n\r\n".utf8)
        }
        #expect(RequestReading.ours([head("X-Other")]).refusal == nil)
        for name in FieldName.allCases { #expect(RequestReading.ours([head(name.rawValue)]).refusal == "malformed") }
        let text = "GET / HTTP/1.1\r\nHost: a\r\nIdempotency-Key: سلام\r\n\r\n"
        #expect(RequestReading.ours([Array(text.utf8)]).requests.first?.fields[.idempotencyKey] == "سلام")
    }

    @Test func `every field that is read is found, whatever its letters' case`() {
        for name in FieldName.allCases where name != .host {
            for spelling in [name.rawValue, name.rawValue.uppercased(), name.rawValue.capitalized] {
                let text = "GET / HTTP/1.1\r\nHost: a\r\n\(spelling):\t x y\t \r\n\(spelling)x: z\r\n\r\n"
                #expect(RequestReading.ours([Array(text.utf8)]).requests.first?.fields[name] == "x y")
            }
        }
    }

    @Test(arguments: [
        "a", "a:1", "a.b-c_d:65535", "127.0.0.1:8080", "[::1]", "[::1]:80", "A",
    ])
    func `a host may be a name or an address, with a port or without`(_ host: String) {
        #expect(parts("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n") == ["GET /", "end"])
        #expect(parts("GET http://\(host.lowercased())/x?y HTTP/1.1\r\nHost: \(host)\r\n\r\n") == ["GET /x", "end"])
        #expect(parts("GET HTTPS://\(host)?y HTTP/1.1\r\nHost: \(host)\r\n\r\n") == ["GET /", "end"])
        #expect(parts("GET http://\(host)b/x HTTP/1.1\r\nHost: \(host)\r\n\r\n") == ["malformedHost"])
    }

    @Test(arguments: [
        "", "a:", ":80", "a:65536", "a:000080", "a:+1", "a:80:80", "a b", "a,b", "u@a", "[a]", "::1", "a%41", "ø",
    ])
    func `what is no host is refused`(_ host: String) {
        #expect(parts("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n") == ["malformedHost"])
        #expect(parts("GET / HTTP/1.0\r\nHost: \(host)\r\n\r\n") == ["malformedHost"])
    }

    @Test func `a size of a chunk may have sixteen digits, and no more than fit`() {
        #expect(parts(Self.chunked + "000000000000000A\r\n0123456789\r\n0\r\n\r\n") == ["POST /", "0123456789", "end"])
        #expect(parts(Self.chunked + "0000000000000000A\r\n") == ["POST /", "malformed"])
        #expect(parts(Self.chunked + "7FFFFFFFFFFFFFFF\r\na") == ["POST /", "a"])
        #expect(parts(Self.chunked + "8000000000000000\r\na") == ["POST /", "malformed"])
    }

    @Test func `trailers count with the fields of the head`() {
        let limits = ServerLimits.with {
            $0.headerFields = 4
            $0.headerBytes = 64
        }
        let start = Self.chunked + "0\r\n"
        let tooLarge = ["POST /", "headerTooLarge(bytes: 64, fields: 4)"]
        #expect(parts(start + "a: b\r\nc: d\r\n\r\n", limits: limits) == ["POST /", "end"])
        #expect(parts(start + "a: b\r\nc: d\r\ne: f\r\n\r\n", limits: limits) == tooLarge)
        #expect(parts(start + "a: \(String(repeating: "x", count: 60))", limits: limits) == tooLarge)
    }

    /// White space counts too: it would be a way around the limit.
    @Test func `a field without an end is refused once it passes the limit, whatever it consists of`() {
        let start = "GET / HTTP/1.1\r\nHost: a\r\n"
        for filling in ["x", " ", "X: ", "X:\t"] {
            let field = filling + String(repeating: String(filling.suffix(1)), count: 17_000)
            let expected = filling == " " ? "malformed" : "headerTooLarge(bytes: 16384, fields: 64)"
            #expect(parts(start + field) == [expected])
        }
    }
}
