import AuditReport
import SeededCases
import Testing

@Suite struct TerminalTextTests {
    @Test(arguments: [
        ("\u{1B}[2J", #"\u{1B}[2J"#), ("a\nb", #"a\u{A}b"#), ("a\u{7F}", #"a\u{7F}"#), ("\u{9B}31m", #"\u{9B}31m"#),
        ("\u{202E}evil", #"\u{202E}evil"#), ("\u{61C}\u{200E}\u{200F}", #"\u{61C}\u{200E}\u{200F}"#),
        ("\u{2066}x\u{2069}", #"\u{2066}x\u{2069}"#), ("a\u{200B}b\u{FEFF}", #"a\u{200B}b\u{FEFF}"#),
        ("\u{2028}\u{2029}", #"\u{2028}\u{2029}"#), ("\u{E000}\u{F0000}", #"\u{E000}\u{F0000}"#),
        ("\u{378}", #"\u{378}"#), ("\u{E0041}", #"\u{E0041}"#), ("\u{3164}\u{FE0F}", #"\u{3164}\u{FE0F}"#),
        ("سلام! فردا", "سلام! فردا"), ("plain ~", "plain ~"), ("ü", "ü"), ("🙂", "🙂"),
        ("u\u{308}\u{301}\u{302}x", "u\u{308}\u{301}\\u{302}x"), ("\u{301}a", #"\u{301}a"#),
    ])
    func `what is not printable is written with its number`(text: String, safe: String) {
        #expect(TerminalText.safe(text).unicodeScalars.elementsEqual(safe.unicodeScalars))
    }

    @Test func `of all characters none gets through that moves, turns or hides`() {
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let safe = TerminalText.safe(String(scalar)).unicodeScalars
            let isDangerous =
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: true
                default: scalar.properties.isBidiControl || scalar.properties.isDefaultIgnorableCodePoint
                }
            guard isDangerous != (safe.first == "\\" && safe.count > 1) else { continue }
            // Marks have nothing to stand on here.
            let category = scalar.properties.generalCategory
            #expect(category == .nonspacingMark || category == .enclosingMark, "U+\(String(value, radix: 16))")
        }
    }

    @Test func `a text that is safe stays as it is`() {
        var random = SplitMix64()
        for number in 0..<2_000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<random.below(12) {
                if let scalar = Unicode.Scalar(UInt32(random.below(0x3000))) { text.append(scalar) }
            }
            let safe = TerminalText.safe(String(text))
            #expect(TerminalText.safe(safe).unicodeScalars.elementsEqual(safe.unicodeScalars), "\(replay(number))")
        }
    }

    @Test func `marks take no column`() {
        #expect(TerminalText.width("u\u{308}x") == 2)
        #expect(TerminalText.width("سلام") == 4)
        #expect(TerminalText.width("") == 0)
    }
}
