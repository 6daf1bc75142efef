private import Glibc

/// Whose a file is and who may use it, so that its successor is the same: a command that root runs must not take the
/// file away from the gateway's user.
struct FileOwner {
    private let user: uid_t
    private let group: gid_t
    private let mode: mode_t
    private let isOfFile: Bool

    /// Of the file; where there is none, of its folder, with a mode for the owner alone.
    init(of path: String, in folder: String) throws(ProcessError) {
        var status = stat()
        isOfFile = unsafe stat(path, &status) == 0
        if !isOfFile, unsafe stat(folder, &status) != 0 {
            throw ProcessError("the folder \(folder) is not there")
        }
        (user, group, mode) = (status.st_uid, status.st_gid, isOfFile ? status.st_mode & 0o777 : 0o600)
    }

    /// Gives an open file to the owner. Throws where that is not this process's right.
    func apply(to descriptor: Int32, of path: String) throws(ProcessError) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, fchmod(descriptor, mode) == 0 else {
            throw ProcessError("\(path) can not be given its mode")
        }
        guard (status.st_uid, status.st_gid) != (user, group), fchown(descriptor, user, group) != 0 else { return }
        // A first file may be its maker's: a folder that many may write has an owner that says nothing.
        if isOfFile { throw ProcessError("\(path) can not be given to its owner, the user \(user)") }
    }
}
