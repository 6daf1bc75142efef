private import FoundationEssentials
package import Messaging

/// Where a key comes from. The configuration names the place and never holds the key.
package enum KeySource: Sendable, Hashable, CustomStringConvertible {
    /// - Parameter isShared: whether others than its owner may read it, too.
    case file(path: String, isShared: Bool = false)
    case environment(variable: String)
    /// A credential of the service manager's: a file in the folder that `$CREDENTIALS_DIRECTORY` names
    /// (systemd.exec(5)).
    case credential(name: String)
    /// What a command prints.
    case command(KeyCommand)
    /// A key that is known beforehand: the sandbox's.
    case fixed(Secret)

    /// Longer than any key of Divar's; a file that holds more is the wrong file.
    package static let maximumKeyLength = 4096
    private static let credentialsVariable = "CREDENTIALS_DIRECTORY"

    /// Fetches the key. Reads a file or runs a command; not for an event loop.
    package func resolve(environment: [String: String]) throws(KeySourceError) -> Secret {
        var bytes: [UInt8]
        switch self {
        case .fixed(let secret):
            return secret
        case .environment(let variable):
            guard let value = environment[variable] else { throw .notSet(variable: variable) }
            bytes = Array(value.utf8)
        case .file(let path, let isShared):
            bytes = try SecretFile(path: path, isShared: isShared).bytes(limit: KeySource.maximumKeyLength + 1)
        case .credential(let name):
            guard let path = path(in: environment) else { throw .noCredentials(name: name) }
            // Who may look into the folder is the service manager's care; it gives the files modes of its own.
            bytes = try SecretFile(path: path, isShared: true).bytes(limit: KeySource.maximumKeyLength + 1)
        case .command(let command):
            bytes = try command.output(limit: KeySource.maximumKeyLength + 1, environment: environment)
        }
        defer { _ = Secret(erasing: &bytes) }
        guard var key = KeySource.key(in: bytes) else { throw .notAKey(source: description) }
        return Secret(erasing: &key)
    }

    /// The one word of visible ASCII in what a file or a command gave; nil where it is anything else.
    static func key(in bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count <= maximumKeyLength else { return nil }
        // Editors end a file with a line feed, which is no part of the key.
        let isSpace: (UInt8) -> Bool = { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        let key = Array(bytes.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
        return key.isEmpty || !key.allSatisfy { (0x21...0x7E).contains($0) } ? nil : key
    }

    /// The file that it is in, where it is in one.
    package func path(in environment: [String: String]) -> String? {
        switch self {
        case .file(let path, _): path
        case .credential(let name): environment[KeySource.credentialsVariable].map { "\($0)/\(name)" }
        case .environment, .command, .fixed: nil
        }
    }

    package var description: String {
        switch self {
        case .file(let path, _): "file \(path)"
        case .environment(let variable): "environment variable \(variable)"
        case .credential(let name): "credential \(name)"
        case .command(let command): "command \(command)"
        case .fixed: "built in"
        }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(description)
    }
}
