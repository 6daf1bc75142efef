/// Takes finished log lines. Called from any thread.
package protocol LogSink: Sendable {
    /// - Parameter lines: with line feeds between them, and none at the end.
    func write(lines: [UInt8], count: Int)
}

extension LogSink {
    /// - Parameter line: without its line feed.
    package func write(line: [UInt8]) {
        write(lines: line, count: 1)
    }
}
