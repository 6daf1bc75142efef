import Messaging
import Testing

/// One kind of identifier, and what it admits.
struct IdentifierKind: Sendable, CustomTestStringConvertible {
    let name: String
    let maximum: Int
    /// What it admits besides letters and digits.
    let extra: String
    let make: @Sendable (String) -> String?

    var testDescription: String { name }

    static let visible = String(String.UnicodeScalarView((UInt8(0x21)...0x7E).map { Unicode.Scalar($0) }))

    static let all = [
        IdentifierKind(name: "conversation", maximum: 128, extra: "-._~") { ConversationID($0)?.text },
        IdentifierKind(name: "user", maximum: 128, extra: "-_+/=") { UserID($0)?.text },
        IdentifierKind(name: "post", maximum: 64, extra: "-_") { PostToken($0)?.text },
        IdentifierKind(name: "media", maximum: 512, extra: visible) { MediaToken($0)?.text },
        IdentifierKind(name: "caller", maximum: 64, extra: "-_.") { CallerName($0)?.text },
        IdentifierKind(name: "app", maximum: 64, extra: "-_.") { AppName($0)?.text },
        IdentifierKind(name: "icon", maximum: 64, extra: "_") { IconName($0)?.text },
    ]

    func admits(_ byte: UInt8) -> Bool {
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        return letters.utf8.contains(byte) || extra.utf8.contains(byte)
    }
}

/// The grammars of the identifiers, at their borders.
@Suite struct IdentifierTests {
    @Test(arguments: IdentifierKind.all)
    func `an identifier has at least one character and at most its maximum`(_ kind: IdentifierKind) {
        #expect(kind.make("") == nil)
        #expect(kind.make("a") == "a")
        let longest = String(repeating: "a", count: kind.maximum)
        #expect(kind.make(longest) == longest)
        #expect(kind.make(longest + "a") == nil)
        #expect(kind.make(String(repeating: "a", count: 100_000)) == nil)
    }

    @Test(arguments: IdentifierKind.all)
    func `of all ASCII characters exactly those of the grammar are taken, wherever they stand`(_ kind: IdentifierKind) {
        for byte in UInt8(0)..<0x80 {
            let character = String(Unicode.Scalar(byte))
            for text in ["a\(character)b", "\(character)b", "a\(character)"] {
                #expect((kind.make(text) == text) == kind.admits(byte), "byte \(byte) in \(text.debugDescription)")
            }
        }
    }

    @Test(arguments: IdentifierKind.all)
    func `what is not ASCII is refused`(_ kind: IdentifierKind) {
        let foreign = [
            "\u{80}", "é", "e\u{301}", "a\u{338}", "س", "۱", "\u{200C}", "\u{200F}", "\u{202E}", "\u{FEFF}", "Ａ", "０",
            "\u{212A}", "\u{FF0E}", "\u{2024}", "😀", "\u{E000}", "\u{10FFFF}", "/\u{301}", ".\u{200D}",
        ]
        for text in foreign {
            #expect(kind.make(text) == nil)
            #expect(kind.make("a" + text) == nil)
            #expect(kind.make(text + "a") == nil)
        }
    }

    @Test(arguments: [".", "..", "%2e", "%2e%2e", "/", "a/b", "../a", "a/..", "?", "a?b", "#", "a#b", "a b", "a\r\nb"])
    func `no conversation is named by what would lead a path elsewhere`(_ text: String) {
        #expect(ConversationID(text) == nil)
    }

    @Test(arguments: ["...", ".a", "a.", "..a", "a..b", ". .".replacing(" ", with: "~"), "~", "-", "_"])
    func `dots beside other characters are a name like any`(_ text: String) {
        #expect(ConversationID(text)?.text == text)
    }

    @Test(arguments: ["a+b/c==", "a-b_c", "=", "/", "//", "+", "YWJj"])
    func `a user is named by both alphabets of base64`(_ text: String) {
        #expect(UserID(text)?.description == text)
    }

    @Test func `identifiers are equal exactly when their characters are`() {
        #expect(ConversationID("abc") == ConversationID("abc"))
        #expect(ConversationID("abc") != ConversationID("abC"))
        #expect(Set([UserID("a"), UserID("A"), UserID("a")]).count == 2)
    }

    @Test func `identifiers print as themselves`() {
        #expect(ConversationID("c-1").map { "\($0)" } == "c-1")
        #expect(UserID("u/1=").map { "\($0)" } == "u/1=")
        #expect(PostToken("AJIEWcw").map { "\($0)" } == "AJIEWcw")
        #expect(MediaToken("m#1").map { "\($0)" } == "m#1")
        #expect(CallerName("crm").map { "\($0)" } == "crm")
        #expect(AppName("shop").map { "\($0)" } == "shop")
        #expect(IconName("ADD").map { "\($0)" } == "ADD")
        #expect("\(EndpointName("v1.bot.user"))" == "v1.bot.user")
        #expect(CallerName.local == CallerName("local"))
    }
}
