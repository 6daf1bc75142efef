/// What a caller names one send by, so that saying it twice sends once: 1 to 255 visible ASCII characters.
package struct IdempotencyKey: Sendable, Hashable, CustomStringConvertible {
    package static let maximumLength = 255

    package let text: String

    package init?(_ text: String) {
        guard (1...IdempotencyKey.maximumLength).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        self.text = text
    }

    package var description: String { text }
}
