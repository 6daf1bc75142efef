private import FoundationEssentials

/// What a log says of itself at one size: its root and its link.
package struct Checkpoint: Sendable, Hashable {
    package let log: LogID
    package let size: Int
    package let root: Digest32
    package let link: Digest32

    package init(log: LogID, size: Int, root: Digest32, link: Digest32) {
        self.log = log
        self.size = size
        self.root = root
        self.link = link
    }

    /// Reads the text of a note; nil where the form is another.
    package init?(text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.count == 5, lines[4].isEmpty, lines[0].hasPrefix(Checkpoint.originPrefix),
            lines[3].hasPrefix("link "),
            let log = LogID(String(lines[0].dropFirst(Checkpoint.originPrefix.count))),
            let size = Int(lines[1]), size >= 0, String(size) == lines[1],
            let root = Checkpoint.digest(lines[2]),
            let link = Checkpoint.digest(String(lines[3].dropFirst("link ".count)))
        else { return nil }
        self.init(log: log, size: size, root: root, link: link)
    }

    package var text: String {
        """
        \(Checkpoint.origin(of: log))
        \(size)
        \(Data(root.bytes).base64EncodedString())
        link \(Data(link.bytes).base64EncodedString())

        """
    }

    /// The first line, and the name of the key that signs.
    package static func origin(of log: LogID) -> String {
        originPrefix + log.text
    }

    private static let originPrefix = "divar-gateway/"

    private static func digest(_ base64: String) -> Digest32? {
        Data(base64Encoded: base64).flatMap { Digest32(checking: $0) }
    }
}
