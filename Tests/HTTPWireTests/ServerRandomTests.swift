import SeededCases
import HTTPWire
import NIOCore
import Testing

/// Random requests in a row, cut at random places: every one is answered, in its order, with what belongs to it.
@Suite(.timeLimit(.minutes(2)))
struct ServerRandomTests {
    private struct Exchange {
        var request: String
        var status: Int
        var body: String
        var hasBody = true
    }

    private func exchange(_ random: inout SplitMix64) -> Exchange {
        let length = random.below(random.chance(1, in: 5) ? 5_000 : 40)
        let text = String((0..<length).map { _ in random.element(of: Array("abc\r\n012 {}:\"")) })
        switch random.below(7) {
        case 0: return Exchange(request: RawRequest.get("/hello"), status: 200, body: "hello")
        case 1:
            return Exchange(
                request: "HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n", status: 200, body: "", hasBody: false
            )
        case 2, 3: return Exchange(request: RawRequest.post("/echo", text), status: 200, body: text)
        case 4: return Exchange(request: chunked(text, &random), status: 200, body: text)
        case 5: return Exchange(request: RawRequest.post("/refuse", text), status: 403, body: "refused")
        default: return Exchange(request: RawRequest.get("/status?204"), status: 204, body: "")
        }
    }

    private func chunked(_ text: String, _ random: inout SplitMix64) -> String {
        var request = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let part = rest.prefix(1 + random.below(rest.count))
            rest = rest.dropFirst(part.count)
            request += String(part.count, radix: 16) + "\r\n" + String(decoding: part, as: UTF8.self) + "\r\n"
        }
        return request + "0\r\n\r\n"
    }

    private func cut(_ bytes: [UInt8], _ random: inout SplitMix64) -> [[UInt8]] {
        var parts: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = rest.prefix(1 + random.below(random.chance(1, in: 2) ? 30 : rest.count))
            parts.append(Array(part))
            rest = rest.dropFirst(part.count)
        }
        return parts
    }

    @Test func `every request is answered in its order, wherever the bytes are cut`() async throws {
        var random = SplitMix64()
        try await TestServer.run { server in
            for round in 0..<40 {
                let exchanges = (0..<(1 + random.below(12))).map { _ in exchange(&random) }
                let parts = cut(Array(exchanges.map(\.request).joined().utf8), &random)
                let client = try await server.connect()
                for part in parts { client.channel.writeAndFlush(ByteBuffer(bytes: part), promise: nil) }
                for (number, expected) in exchanges.enumerated() {
                    let response = try await client.response(hasBody: expected.hasBody)
                    #expect(response.status == expected.status, "request \(number), \(replay(round))")
                    #expect(response.text == expected.body, "request \(number), \(replay(round))")
                    #expect(response["Connection"] == nil, "request \(number), \(replay(round))")
                }
                await client.close()
            }
            try await server.waitForConnections(0)
        }
    }
}
