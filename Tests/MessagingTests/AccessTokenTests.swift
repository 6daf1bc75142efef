import Messaging
import Testing

/// What can stand behind `Bearer`.
@Suite struct AccessTokenTests {
    @Test func `a token has 1 to 4096 characters`() {
        #expect(AccessToken.maximumLength == 4096)
        #expect(AccessToken("") == nil)
        #expect(AccessToken("t") != nil)
        #expect(AccessToken(String(repeating: "t", count: 4096)) != nil)
        #expect(AccessToken(String(repeating: "t", count: 4097)) == nil)
    }

    @Test func `of all bytes exactly the visible ASCII ones are taken`() {
        for byte in UInt8(0)..<0x80 {
            let isVisible = (0x21...0x7E).contains(byte)
            for text in ["\(Unicode.Scalar(byte))", "a\(Unicode.Scalar(byte))", "a\(Unicode.Scalar(byte))b"] {
                #expect((AccessToken(text) != nil) == isVisible, "byte \(byte)")
            }
        }
    }

    @Test(arguments: ["é", "توکن", "a\u{FFFD}", "a\u{301}", "Ａ", "\u{200B}a"])
    func `what is not ASCII is refused`(_ text: String) {
        #expect(AccessToken(text) == nil)
    }

    @Test func `a token keeps its text and compares by it`() throws {
        let token = try #require(AccessToken("ory_at_1.2-3_4~5+/="))
        #expect(token.secret.withExposedText { $0 } == "ory_at_1.2-3_4~5+/=")
        #expect(token == AccessToken("ory_at_1.2-3_4~5+/="))
        #expect(token != AccessToken("ory_at_1.2-3_4~5+/"))
    }
}
