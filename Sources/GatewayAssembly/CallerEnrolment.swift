private import Custody
private import Messaging

/// A new caller: its key, to be shown once, and what the configuration is to hold of it.
package struct CallerEnrolment: Sendable {
    /// What the calling service presents; exists here and with its owner only.
    package let key: String
    /// The entry below `callers:` in the configuration.
    package let configurationEntry: String

    /// Nil where the name or a permission isn't one.
    package init?(name: String, app: String?, permissions: [String]) {
        guard let caller = CallerName(name), permissions.allSatisfy({ Permission(rawValue: $0) != nil }),
            !permissions.isEmpty, app.map({ AppName($0) != nil }) ?? true
        else { return nil }
        var generator = SystemRandomNumberGenerator()
        let secret = CallerKey.make(using: &generator)
        key = secret.withExposedText { $0 }
        var lines = ["  \(caller):", "    key_sha256: \"\(CallerKeyDigest(of: secret).hexadecimal)\""]
        if let app { lines.append("    app: \(app)") }
        lines.append("    may: [\(permissions.joined(separator: ", "))]")
        configurationEntry = lines.joined(separator: "\n")
    }
}
