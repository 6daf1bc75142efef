private import Glibc

/// How far a long work is, on the terminal of whoever waits for it. Says nothing in the first second, and nothing at
/// all where standard error is no terminal.
final class ProgressLine {
    private let isShown = Terminal.isError
    private let begin = ContinuousClock.now
    private var next = ContinuousClock.now + .seconds(1)
    private var hasWritten = false

    private static let bar = 40

    /// - Parameter total: nil where nobody knows it.
    func show(_ done: Int, of total: Int?) {
        guard isShown, ContinuousClock.now >= next else { return }
        next = .now + .milliseconds(100)
        hasWritten = true
        write("\r" + ProgressLine.text(done, of: total) + "\u{1B}[K")
    }

    /// Removes the line.
    func finish() {
        if hasWritten { write("\r\u{1B}[K") }
        hasWritten = false
    }

    private static func text(_ done: Int, of total: Int?) -> String {
        guard let total, total > 0 else { return "\(done)" }
        let part = min(1, Double(done) / Double(total))
        let full = Int(part * Double(bar))
        let line = String(repeating: "#", count: full) + String(repeating: ".", count: bar - full)
        return "[\(line)] \(Int(part * 100)) %"
    }

    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        unsafe bytes.withUnsafeBytes { buffer in
            // It is only for show.
            _ = unsafe Glibc.write(STDERR_FILENO, buffer.baseAddress, buffer.count)
        }
    }
}
