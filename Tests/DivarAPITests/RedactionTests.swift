import SeededCases
@testable import DivarAPI
import Messaging
import StrictJSON
import Testing

/// Credentials that an answer repeats are taken out before it travels on.
@Suite struct RedactionTests {
    private static let key = "k3y-0123456789"

    private func redacted(_ text: String, _ secrets: [String] = [RedactionTests.key]) throws -> String {
        let value = try JSONParser.parse(Array(text.utf8))
        return JSONWriter.string(Redaction(secrets.map { Secret($0) }).applied(to: value))
    }

    @Test(arguments: [
        (#""k3y-0123456789""#, #""[redacted]""#), (#""a k3y-0123456789 b""#, #""a [redacted] b""#),
        (#""k3y-0123456789k3y-0123456789""#, #""[redacted][redacted]""#),
        (#"{"m":"k3y-0123456789"}"#, #"{"m":"[redacted]"}"#), (#"{"k3y-0123456789":1}"#, #"{"[redacted]":1}"#),
        (#"[[{"a":["xk3y-0123456789"]}]]"#, #"[[{"a":["x[redacted]"]}]]"#),
        (#""k3y-012345678\u0039""#, #""[redacted]""#), (#""\u006b3y\u002d0123456789""#, #""[redacted]""#),
        ("\"k3y-0123456789\u{301}\"", "\"[redacted]\u{301}\""),
        ("\"س\u{200C}k3y-0123456789\u{200D}س\"", "\"س\u{200C}[redacted]\u{200D}س\""),
    ])
    func `a credential is taken out wherever it stands and however it is spelled`(_ text: String, _ expected: String)
        throws
    {
        #expect(try redacted(text) == expected)
    }

    @Test(arguments: [
        #""k3y-012345678""#, #""3y-0123456789""#, #""K3Y-0123456789""#, #""k3y-01234 56789""#,
        #"{"a":1.50,"b":null,"c":[true,{}]}"#,
        "\"می‌خواهم e\u{301} \u{E9}\"", #"{"a":1,"a":2}"#, "1234567890123",
    ])
    func `what holds no credential stays byte for byte`(_ text: String) throws {
        #expect(try redacted(text).hasSameBytes(as: text))
    }

    @Test func `a credential too short to be told from words is left`() throws {
        #expect(try redacted(#""passwd1 passwd12""#, ["passwd1"]) == #""passwd1 passwd12""#)
        #expect(try redacted(#""passwd1 passwd12""#, ["passwd12"]) == #""passwd1 [redacted]""#)
        #expect(try redacted(#""""#, [""]) == #""""#)
    }

    @Test func `all of several credentials are taken out`() throws {
        #expect(
            try redacted(#""abcdefgh 12345678 abcdefgh""#, ["12345678", "abcdefgh"])
                == #""[redacted] [redacted] [redacted]""#)
    }

    /// Whichever is named first: the rest of the longer one must not stay behind.
    @Test(arguments: [
        ["abcdefgh", "abcdefgh-the-rest"], ["abcdefgh-the-rest", "abcdefgh"], ["the-rest", "abcdefgh-the-rest"],
    ])
    func `a credential that holds another one is taken out whole`(_ secrets: [String]) throws {
        let left = try redacted(#""<abcdefgh-the-rest>""#, secrets)
        #expect(left == #""<[redacted]>""#)
    }

    @Test func `random texts keep everything but the credential`() throws {
        var random = SplitMix64()
        let pieces = ["k3y-", "0123456789", RedactionTests.key, "س", "e\u{301}", "\"", "\\", "\n", " ", "k", "9"]
        for number in 0..<2_000 {
            let text = (0..<random.below(12)).map { _ in random.element(of: pieces) }.joined()
            let value = Redaction([Secret(RedactionTests.key)]).applied(to: .string(text))
            let expected = text.utf8.split(separator: Array(RedactionTests.key.utf8), omittingEmptySubsequences: false)
                .map { String(decoding: Array($0), as: UTF8.self) }.joined(separator: "[redacted]")
            #expect(
                value.stringValue?.hasSameBytes(as: expected) == true, "\(replay(number)): \(text.debugDescription)")
        }
    }

    @Test func `nothing that is kept of any answer holds a credential`() throws {
        let secret = RedactionTests.key
        let bodies = [
            (200, #"{"conversation_id":"c \#(secret)"}"#), (200, #"{"status":200,"message":"\#(secret)"}"#),
            (200, #"{"token":"\#(secret)"}"#), (412, #"{"code":9,"message":"bad key \#(secret)"}"#),
            (500, #"{"code":"\#(secret)"}"#), (200, "<html>\(secret)</html>"),
            (
                200,
                #"{"conversation":{"id":"\#(secret)"},"messages":[{"text":"\#(secret)","\#(secret)":1}]}"#
            ),
        ]
        for endpoint in Catalogue.endpoints {
            for (status, body) in bodies {
                let redaction = Redaction([Secret(secret)])
                let answer = DivarAnswer(status: status, body: Array(body.utf8), to: endpoint, redacting: redaction)
                #expect(!"\(answer)".contains(secret), "\(endpoint.name)")
                if case .uploadToken(let token) = answer { #expect(token != Secret(secret)) }
            }
        }
    }

    @Test func `a redaction does not show what it looks for`() {
        let redaction = Redaction([Secret(RedactionTests.key)])
        var dumped = ""
        dump(redaction, to: &dumped)
        #expect(![dumped, "\(redaction)", String(reflecting: redaction)].contains { $0.contains("0123456789") })
    }
}
