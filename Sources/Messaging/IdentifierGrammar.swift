/// Which characters an identifier may have, and how many: a positive list, so nothing unforeseen gets in.
struct IdentifierGrammar: Sendable {
    let lengths: ClosedRange<Int>
    let extraCharacters: String
    let allVisible: Bool

    static let conversation = IdentifierGrammar(lengths: 1...ConversationID.maximumLength, extraCharacters: "_-.~")
    static let user = IdentifierGrammar(lengths: 1...UserID.maximumLength, extraCharacters: "_-+/=")
    static let post = IdentifierGrammar(lengths: 1...64, extraCharacters: "_-")
    static let media = IdentifierGrammar(lengths: 1...512, extraCharacters: "", allVisible: true)
    static let name = IdentifierGrammar(lengths: 1...64, extraCharacters: "_-.")
    static let icon = IdentifierGrammar(lengths: 1...64, extraCharacters: "_")

    init(lengths: ClosedRange<Int>, extraCharacters: String, allVisible: Bool = false) {
        self.lengths = lengths
        self.extraCharacters = extraCharacters
        self.allVisible = allVisible
    }

    func admits(_ text: String) -> Bool {
        lengths.contains(text.utf8.count) && text.utf8.allSatisfy(admits)
    }

    private func admits(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default:
            allVisible ? (0x21...0x7E).contains(byte) : extraCharacters.utf8.contains(byte)
        }
    }
}
