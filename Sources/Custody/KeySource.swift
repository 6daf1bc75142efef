private import FoundationEssentials
package import Messaging

/// Where a Divar key comes from. The configuration names the place and never holds the key.
package enum KeySource: Sendable, Hashable, CustomStringConvertible {
    case file(path: String)
    case environment(variable: String)
    /// A key that is known beforehand: the sandbox's.
    case fixed(Secret)

    /// Longer than any key of Divar's; a file that holds more is the wrong file.
    package static let maximumKeyLength = 4096

    /// Fetches the key. Reads a file; not for an event loop.
    package func resolve(environment: [String: String]) throws(KeySourceError) -> Secret {
        let text: String
        switch self {
        case .fixed(let secret):
            return secret
        case .environment(let variable):
            guard let value = environment[variable] else { throw .notSet(variable: variable) }
            text = value
        case .file(let path):
            let data: Data
            do {
                data = try Data(contentsOf: URL(filePath: path))
            } catch {
                throw .unreadable(path: path)
            }
            guard data.count <= KeySource.maximumKeyLength else { throw .notAKey(source: description) }
            text = String(decoding: data, as: UTF8.self)
        }
        let key = text.trimmingWhitespace()
        guard !key.isEmpty, key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .notAKey(source: description)
        }
        return Secret(key)
    }

    package var description: String {
        switch self {
        case .file(let path): "file \(path)"
        case .environment(let variable): "environment variable \(variable)"
        case .fixed: "built in"
        }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(description)
    }
}

extension String {
    /// Editors end a file with a line feed, which is no part of the key.
    fileprivate func trimmingWhitespace() -> String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text = text.dropFirst() }
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        return String(text)
    }
}
