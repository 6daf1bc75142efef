private import AdminPlane
private import Custody
private import Messaging

/// A new admin key: to be shown once, and what the configuration is to hold of it.
package struct AdminEnrolment: Sendable {
    /// What the operator presents; exists here and with its owner only.
    package let key: String
    /// The entry below `admin.keys` in the configuration.
    package let configurationEntry: String

    /// Nil where the name or a right isn't one.
    package init?(name: String, rights: [String]) {
        guard CallerName(name) != nil, rights.allSatisfy({ AdminRight(rawValue: $0) != nil }), !rights.isEmpty else {
            return nil
        }
        var generator = SystemRandomNumberGenerator()
        let secret = CallerKey.make(using: &generator)
        key = secret.withExposedText { $0 }
        configurationEntry = """
                \(name):
                  key_sha256: "\(CallerKeyDigest(of: secret).hexadecimal)"
                  may: [\(rights.joined(separator: ", "))]
            """
    }
}
