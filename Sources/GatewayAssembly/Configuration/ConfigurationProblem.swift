/// One thing that is wrong with a configuration file, and on which line.
package struct ConfigurationProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// Counted from one; nil where the problem is with no line in particular.
    package var line: Int?
    /// The key's path, such as `upstream.base_url`; empty for the file as a whole.
    package var key: String
    package var message: String

    package var description: String {
        (line.map { "\($0): " } ?? "") + (key.isEmpty ? "" : "\(key): ") + message
    }
}
