private import Messaging

/// Names one log: 32 lower-case hexadecimal digits, drawn at random when the log is begun.
package struct LogID: Sendable, Hashable, CustomStringConvertible {
    package let text: String

    package init?(_ text: String) {
        guard let bytes = Hexadecimal.bytes(text), bytes.count == 16, Hexadecimal.text(bytes) == text else {
            return nil
        }
        self.text = text
    }

    package init(random: (UInt64, UInt64)) {
        text = Hexadecimal.text(random.0) + Hexadecimal.text(random.1)
    }

    package var description: String { text }
}
