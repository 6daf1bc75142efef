private import Glibc

/// Writes small files that something relies on after a power cut: whole or not at all, 0600, and on disk when `write`
/// comes back.
package enum DurableFile {
    /// What stands in the way of a file.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// - Parameter isNew: whether a file that is there already stays as it is, and counts as a failure.
    package static func write(_ contents: [UInt8], to path: String, isNew: Bool) throws(Failure) {
        let scratch = "\(path).\(UInt64.random(in: .min ... .max))"
        try fill(scratch, with: contents)
        // A link, unlike a rename, leaves alone what somebody else put there meanwhile.
        let isPlaced = unsafe (isNew ? link(scratch, path) : rename(scratch, path)) == 0
        let reason = isPlaced ? nil : lastError()
        if isNew || !isPlaced { _ = unsafe unlink(scratch) }
        if let reason { throw Failure(description: "\(path): \(reason)") }
        try syncFolder(of: path)
    }

    private static func fill(_ path: String, with contents: [UInt8]) throws(Failure) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(description: "\(path): \(lastError())") }
        var written = 0
        var reason: String?
        while written < contents.count, reason == nil {
            let count = unsafe contents[written...].withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count >= 0 { written += count } else if errno != EINTR { reason = lastError() }
        }
        if reason == nil, fsync(descriptor) != 0 { reason = lastError() }
        if close(descriptor) != 0, reason == nil { reason = lastError() }
        guard let reason else { return }
        _ = unsafe unlink(path)
        throw Failure(description: "\(path): \(reason)")
    }

    /// The name is on disk only once its folder is.
    private static func syncFolder(of path: String) throws(Failure) {
        let folder = path.lastIndex(of: "/").map { path[..<$0] } ?? "."
        let descriptor = unsafe open(folder.isEmpty ? "/" : String(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(description: "\(folder): \(lastError())") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw Failure(description: "\(folder): \(lastError())") }
    }

    private static func lastError() -> String { unsafe String(cString: strerror(errno)) }
}
