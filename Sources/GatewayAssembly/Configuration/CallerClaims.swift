internal import Custody
internal import Messaging

/// By what each caller is known: nothing may stand for two of them.
struct CallerClaims {
    private var names: Set<CallerName> = []
    private var keys: [CallerKeyDigest: CallerName] = [:]
    private var users: [UInt32: CallerName] = [:]
    private var certificates: [CertificateName: CallerName] = [:]

    init(_ entries: [CallerEntry]) {
        for entry in entries { _ = add(entry) }
    }

    /// What of an entry is another's, by the keys below the entry.
    mutating func add(_ entry: CallerEntry) -> [(key: String, message: String)] {
        var problems: [(String, String)] = []
        if !names.insert(entry.name).inserted { problems.append(("", "stands in the configuration already")) }
        for key in entry.keys {
            if let other = keys.updateValue(entry.name, forKey: key.digest) {
                problems.append(("key_sha256", "has the same key as \(other)"))
            }
        }
        for user in entry.userIDs {
            if let other = users.updateValue(entry.name, forKey: user) {
                problems.append(("peers.users", "has the same user as \(other): \(user)"))
            }
        }
        for name in entry.certificates {
            if let other = certificates.updateValue(entry.name, forKey: name) {
                problems.append(("certificates", "has the same certificate as \(other)"))
            }
        }
        return problems
    }
}
