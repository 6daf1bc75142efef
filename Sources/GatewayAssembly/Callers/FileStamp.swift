private import Glibc

/// By what a file is seen to have changed.
struct FileStamp: Sendable, Equatable {
    private let device: UInt64
    private let node: UInt64
    private let size: Int64
    private let written: [Int]
    /// Whether anybody on this machine may write it.
    let isWritableByEverybody: Bool

    /// Nil where there is no such file.
    init?(path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        node = UInt64(status.st_ino)
        size = Int64(status.st_size)
        // The change of the inode, too: who sets back the time of a write can't set back that.
        written = [
            status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
        ]
        isWritableByEverybody = status.st_mode & S_IWOTH != 0
    }
}
