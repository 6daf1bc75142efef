private import Glibc

/// What a person is told when a command can't do its work.
enum StandardError {
    static func print(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        unsafe bytes.withUnsafeBytes { buffer in
            // Standard error is the last place to complain to.
            _ = unsafe write(STDERR_FILENO, buffer.baseAddress, buffer.count)
        }
    }
}
