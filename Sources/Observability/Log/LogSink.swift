/// Takes finished log lines. Called from any thread.
package protocol LogSink: Sendable {
    /// - Parameter line: without its line feed.
    func write(line: [UInt8])
}
