private import Glibc

/// The users of this machine, as its name service knows them.
enum SystemUser {
    /// Longer than any entry of a sane name service.
    private static let entryBytes = 64 * 1024

    /// Asks the name service, which may read files or call somebody; not for an event loop.
    static func id(named name: String) -> UInt32? {
        guard !name.utf8.contains(0) else { return nil }
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: entryBytes)
        let status = unsafe buffer.withUnsafeMutableBufferPointer { (buffer) -> Int32 in
            guard let start = buffer.baseAddress else { return ENOMEM }
            return unsafe getpwnam_r(name, &entry, start, buffer.count, &found)
        }
        guard status == 0, unsafe found != nil else { return nil }
        return unsafe entry.pw_uid
    }
}
