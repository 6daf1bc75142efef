private import Glibc

/// Reads a file with a certificate or a key, once and whole, and looks at who else could.
enum TLSFile {
    /// Far more than a chain of certificates or a bundle of authorities takes; what is longer is the wrong file.
    static let maximumBytes = 1024 * 1024

    /// Blocks; not for an event loop.
    static func read(_ path: String, as file: TLSFileProblem.File) throws(TLSFileProblem) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw TLSFileProblem(file, "\(path) can not be read: \(reason(errno))") }
        defer { close(descriptor) }
        // Asked of what was opened, and not of the path, which may lead elsewhere by now.
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            throw TLSFileProblem(file, "\(path) can not be read: \(reason(errno))")
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw TLSFileProblem(file, "\(path) is not a file") }
        // The rule of every file with a secret, as `Custody.SecretFile` has it, which the wire can't see.
        guard file != .key || status.st_uid == geteuid() || status.st_uid == 0 else {
            throw TLSFileProblem(file, "\(path) belongs to another user")
        }
        guard file != .key || status.st_mode & (S_IRWXG | S_IRWXO) == 0 else {
            throw TLSFileProblem(
                file, "\(path) can be read by others than its owner: take their rights away (chmod 600)")
        }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = unsafe Glibc.read(descriptor, &part, part.count)
            guard count >= 0 else { throw TLSFileProblem(file, "\(path) can not be read: \(reason(errno))") }
            if count == 0 { return bytes }
            bytes += part[..<count]
            guard bytes.count <= maximumBytes else { throw TLSFileProblem(file, "\(path) is far too long") }
        }
    }

    private static func reason(_ code: Int32) -> String {
        unsafe String(cString: strerror(code))
    }
}
