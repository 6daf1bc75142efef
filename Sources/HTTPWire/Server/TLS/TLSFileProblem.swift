/// Why the files of a listener can't be used.
package struct TLSFileProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// Which of the files it is about.
    package enum File: Sendable, Hashable {
        case certificate, key, clientAuthority
    }

    package let file: File
    package let description: String

    init(_ file: File, _ description: String) {
        self.file = file
        self.description = description
    }
}
