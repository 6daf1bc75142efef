private import Glibc

/// Puts a whole new file in the place of another one: whoever opens it finds the old or the new, also after a crash.
struct AtomicFile {
    let path: String
    /// Where the new file is written before it takes the place; in the same folder.
    let draft: String
    private let folder: String

    init(path: String, draft: String) {
        (self.path, self.draft) = (path, draft)
        let name = path.lastIndex(of: "/")
        folder = name.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    /// - Parameter isDurable: whether it has to be on disk before this returns.
    func replace(with bytes: [UInt8], isDurable: Bool) throws(ProcessError) {
        let owner = try FileOwner(of: path, in: folder)
        // What a killed command left behind.
        _ = unsafe unlink(draft)
        let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(of: draft) }
        do throws(ProcessError) {
            defer { _ = close(descriptor) }
            try owner.apply(to: descriptor, of: draft)
            try write(bytes, to: descriptor)
            guard !isDurable || fsync(descriptor) == 0 else { throw failure(of: draft) }
        } catch {
            _ = unsafe unlink(draft)
            throw error
        }
        guard unsafe rename(draft, path) == 0 else {
            let failure = failure(of: path)
            _ = unsafe unlink(draft)
            throw failure
        }
        if isDurable { try syncFolder() }
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32) throws(ProcessError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
            }
            guard count >= 0 || errno == EINTR else { throw failure(of: draft) }
            written += max(0, count)
        }
    }

    private func syncFolder() throws(ProcessError) {
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(of: folder) }
        defer { _ = close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(of: folder) }
    }

    private func failure(of file: String) -> ProcessError {
        let reason = unsafe String(cString: strerror(errno))
        return ProcessError("\(file) can not be written: \(reason)")
    }
}
