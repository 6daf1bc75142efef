/// A string that must not be seen: a Divar key, a user's token, a caller's key.
///
/// Printing, interpolating, dumping or mirroring one gives `[redacted]`; comparing takes the same time wherever the
/// difference lies. `withExposedText` is the only way to the text, so every use can be found by its name.
package struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let text: String

    package init(_ text: String) {
        self.text = text
    }

    package func withExposedText<Result>(_ use: (String) throws -> Result) rethrows -> Result {
        try use(text)
    }

    package static func == (left: Secret, right: Secret) -> Bool {
        let leftBytes = Array(left.text.utf8)
        let rightBytes = Array(right.text.utf8)
        guard leftBytes.count == rightBytes.count else { return false }
        var difference: UInt8 = 0
        for index in leftBytes.indices { difference |= leftBytes[index] ^ rightBytes[index] }
        return difference == 0
    }

    package var description: String { "[redacted]" }
    package var debugDescription: String { "[redacted]" }
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
