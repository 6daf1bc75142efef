private import Glibc

/// A small file that is written whole or not at all: whoever opens it finds the old or the new, also after a crash.
package struct AtomicFile {
    let path: String
    /// Where the new file is written before it takes the place; in the same folder.
    let draft: String
    private let folder: String

    package init(path: String, draft: String) {
        (self.path, self.draft) = (path, draft)
        let name = path.lastIndex(of: "/")
        folder = name.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    /// Makes a file for its owner alone, on disk when this comes back; fails where there is one already.
    package func make(with bytes: [UInt8]) throws(ProcessError) {
        try write(bytes, isDurable: true, owner: nil)
        // A link, unlike a rename, leaves alone what somebody else put there meanwhile.
        let failure = unsafe link(draft, path) == 0 ? nil : failure(of: path)
        _ = unsafe unlink(draft)
        if let failure { throw failure }
        try syncFolder()
    }

    /// Keeps the owner and the mode of the file that was there.
    ///
    /// - Parameter isDurable: whether it has to be on disk before this returns.
    package func replace(with bytes: [UInt8], isDurable: Bool) throws(ProcessError) {
        try write(bytes, isDurable: isDurable, owner: try FileOwner(of: path, in: folder))
        guard unsafe rename(draft, path) == 0 else {
            let failure = failure(of: path)
            _ = unsafe unlink(draft)
            throw failure
        }
        if isDurable { try syncFolder() }
    }

    private func write(_ bytes: [UInt8], isDurable: Bool, owner: FileOwner?) throws(ProcessError) {
        // What a killed command left behind.
        _ = unsafe unlink(draft)
        let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(of: draft) }
        do throws(ProcessError) {
            defer { _ = close(descriptor) }
            try owner?.apply(to: descriptor, of: draft)
            try write(bytes, to: descriptor)
            guard !isDurable || fsync(descriptor) == 0 else { throw failure(of: draft) }
        } catch {
            _ = unsafe unlink(draft)
            throw error
        }
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

    /// The name is on disk only once its folder is.
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
