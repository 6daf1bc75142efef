/// Why there is no key where the configuration says that one is. Says the place, never what was found there.
package enum KeySourceError: Error, Sendable, Hashable, CustomStringConvertible {
    case notSet(variable: String)
    case unreadable(path: String)
    case notAKey(source: String)

    package var description: String {
        switch self {
        case .notSet(let variable): "the environment variable \(variable) is not set"
        case .unreadable(let path): "the file \(path) can not be read"
        case .notAKey(let source): "\(source) does not hold a key: one word of visible ASCII characters"
        }
    }
}
