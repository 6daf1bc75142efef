private import Glibc
private import StrictJSON
private import Synchronization

/// Writes lines to a file descriptor with one system call, so that those of several threads don't mix.
///
/// Never waits: lines that a full pipe doesn't take are lost, and the next one that gets through is preceded by their
/// count. A reader of the log that stops reading must not stop an event loop.
package final class DescriptorSink: LogSink {
    /// More at once could block on a pipe that has room for less: `PIPE_BUF` of Linux, with the last line feed.
    package static let maximumBytes = 4095

    private let descriptor: Int32
    private let lost = Atomic<Int>(0)

    /// - Parameter descriptor: standard error by default.
    package init(descriptor: Int32 = STDERR_FILENO) {
        self.descriptor = descriptor
    }

    package func write(lines: [UInt8], count: Int) {
        guard lines.count <= DescriptorSink.maximumBytes, takesBytes else {
            lost.add(count, ordering: .relaxed)
            return
        }
        let lostBefore = lost.exchange(0, ordering: .relaxed)
        if lostBefore > 0 {
            send(JSONWriter.bytes(notice(of: lostBefore)))
            guard takesBytes else {
                lost.add(count, ordering: .relaxed)
                return
            }
        }
        send(lines)
    }

    private func notice(of count: Int) -> JSONValue {
        .object([
            JSONMember("level", .string("warning")), JSONMember("message", .string("log lines were lost")),
            JSONMember("count", .number(String(count))),
        ])
    }

    /// Whether a write would not wait.
    private var takesBytes: Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return unsafe poll(&request, 1, 0) == 1 && request.revents & Int16(POLLOUT) != 0
    }

    private func send(_ lines: [UInt8]) {
        let bytes = lines + [UInt8(ascii: "\n")]
        unsafe bytes.withUnsafeBytes { buffer in
            // A log line that can't be written has nowhere else to go.
            _ = unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
        }
    }
}
