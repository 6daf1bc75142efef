private import Glibc

/// Writes each line to standard error with one system call, so that lines of several threads don't mix.
package struct StandardErrorSink: LogSink {
    package init() {}

    package func write(line: [UInt8]) {
        let bytes = line + [UInt8(ascii: "\n")]
        unsafe bytes.withUnsafeBytes { buffer in
            // A log line that standard error doesn't take has nowhere else to go.
            _ = unsafe Glibc.write(STDERR_FILENO, buffer.baseAddress, buffer.count)
        }
    }
}
