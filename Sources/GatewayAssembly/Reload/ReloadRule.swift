/// Which keys of the configuration hold for a gateway that runs.
package enum ReloadRule {
    /// Everything below these. The others are read at a start.
    private static let applicable: [[String]] = [
        ["callers"], ["callers_file"], ["cache"], ["overload"], ["log", "level"], ["apps", "*", "quota"],
        ["admin", "keys"],
    ]

    /// Of these keys those that take a restart.
    package static func needingRestart(_ keys: [String]) -> [String] {
        keys.filter { key in
            let path = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            return !applicable.contains { isPrefix($0, of: path) }
        }
    }

    private static func isPrefix(_ pattern: [String], of path: [String]) -> Bool {
        path.count >= pattern.count && zip(pattern, path).allSatisfy { $0 == "*" || $0 == $1 }
    }
}
