/// Finds a field by its name as it stands in the bytes, letter case aside (RFC 9110 section 5.1): no string is made for
/// a field that nobody reads.
struct FieldTable: Sendable {
    enum Entry: Sendable {
        case read(FieldName)
        case framing(FieldName.Framing)
    }

    private struct Word: Sendable {
        let bytes: [UInt8]
        let entry: Entry
    }

    static let known = FieldTable()

    /// By the length of the name.
    private let words: [[Word]]

    private init() {
        let all =
            FieldName.allCases.map { Word(bytes: Array($0.rawValue.utf8), entry: .read($0)) }
            + FieldName.Framing.allCases.map { Word(bytes: Array($0.rawValue.utf8), entry: .framing($0)) }
        let longest = all.map(\.bytes.count).max() ?? 0
        words = (0...longest).map { length in all.filter { $0.bytes.count == length } }
    }

    /// - Parameter name: where it stands; tokens only.
    /// - Returns: nil for a field that nobody reads.
    func entry(_ bytes: borrowing Span<UInt8>, _ name: Range<Int>) -> Entry? {
        guard name.count < words.count else { return nil }
        let candidates = words[name.count]
        for index in candidates.indices where isSame(bytes, name, candidates[index].bytes) {
            return candidates[index].entry
        }
        return nil
    }

    /// Setting that one bit makes letters small and, of the other bytes of a token, none equal to a letter or a dash.
    private func isSame(_ bytes: borrowing Span<UInt8>, _ name: Range<Int>, _ word: [UInt8]) -> Bool {
        for index in word.indices where bytes[name.lowerBound &+ index] | 0x20 != word[index] { return false }
        return true
    }
}
