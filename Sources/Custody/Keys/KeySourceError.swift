/// Why there is no key where the configuration says that one is. Says the place, never what was found there.
package enum KeySourceError: Error, Sendable, Hashable, CustomStringConvertible {
    case notSet(variable: String)
    case noCredentials(name: String)
    case unreadable(path: String)
    case foreign(path: String)
    case exposed(path: String)
    case notStarted(command: String)
    case timedOut(command: String)
    case failed(command: String, status: String)
    case notAKey(source: String)

    package var description: String {
        switch self {
        case .notSet(let variable): "the environment variable \(variable) is not set"
        case .noCredentials(let name):
            "the credential \(name) is not there: CREDENTIALS_DIRECTORY is not set, which systemd does for LoadCredential="
        case .unreadable(let path): "the file \(path) can not be read"
        case .foreign(let path): "the file \(path) belongs neither to this user nor to root: who owns it can change it"
        case .exposed(let path):
            "the file \(path) can be read or written by others than its owner: chmod 600 it, or say shared: true"
        case .notStarted(let command): "the command \(command) can not be started"
        case .timedOut(let command): "the command \(command) took too long"
        case .failed(let command, let status): "the command \(command) failed: \(status)"
        case .notAKey(let source): "\(source) does not hold a key: one word of visible ASCII characters"
        }
    }
}
