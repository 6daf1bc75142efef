/// Upload tokens that were given, and files that came with them.
struct MediaStore: Sendable {
    private var grants: [String: SandboxTime] = [:]
    private var grantOrder = BoundedLog<String>(capacity: SandboxLimits.uploadTokens)
    private var media: [String: StoredMedia] = [:]
    private var mediaOrder = BoundedLog<String>(capacity: SandboxLimits.media)

    subscript(mediaToken: String) -> StoredMedia? { media[mediaToken] }

    mutating func grant(_ uploadToken: String, at now: SandboxTime) {
        if let gone = grantOrder.append(uploadToken) { grants[gone] = nil }
        grants[uploadToken] = now.adding(seconds: SandboxLimits.uploadTokenSeconds)
    }

    /// Whether a file may come with this token: it was given, isn't used up and hasn't expired.
    func admits(_ uploadToken: String, at now: SandboxTime) -> Bool {
        grants[uploadToken].map { now < $0 } ?? false
    }

    /// Keeps a file and uses its upload token up.
    mutating func keep(_ file: StoredMedia, as mediaToken: String, using uploadToken: String) {
        grants[uploadToken] = nil
        if let gone = mediaOrder.append(mediaToken) { media[gone] = nil }
        media[mediaToken] = file
    }
}
