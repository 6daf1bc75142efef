private import Glibc

/// A file that holds a secret: read only where nobody else could have read or written it.
package struct SecretFile: Sendable, Hashable {
    let path: String
    /// Whether others than its owner may read it. None but its owner may ever write it.
    let isShared: Bool

    package init(path: String, isShared: Bool) {
        (self.path, self.isShared) = (path, isShared)
    }

    /// Looks at the open file, so that it can't be exchanged between the look and the reading.
    ///
    /// - Parameter limit: what is behind that many bytes stays unread.
    package func bytes(limit: Int) throws(KeySourceError) -> [UInt8] {
        // Whoever opens a pipe waits for somebody at its other end, maybe for ever.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(path: path) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(path: path)
        }
        guard isShared || status.st_uid == geteuid() || status.st_uid == 0 else { throw .foreign(path: path) }
        let forbidden = isShared ? S_IWGRP | S_IWOTH : S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH
        guard status.st_mode & forbidden == 0 else { throw .exposed(path: path) }
        var bytes = [UInt8](repeating: 0, count: limit)
        var count = 0
        while count < limit {
            let read = unsafe bytes[count...].withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            }
            if read < 0, errno == EINTR { continue }
            guard read >= 0 else { throw .unreadable(path: path) }
            if read == 0 { break }
            count += read
        }
        return Array(bytes.prefix(count))
    }

    /// When it was last written, in seconds since 1970; nil where it isn't there.
    package static func written(_ path: String) -> Int? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status.st_mtim.tv_sec : nil
    }
}
