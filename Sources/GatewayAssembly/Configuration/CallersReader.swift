internal import Custody
internal import Delivery
internal import Messaging
internal import Yams

/// Reads `callers`: of the configuration, or of the callers file.
struct CallersReader {
    private let mapping: MappingReader
    private let apps: [AppName]
    private let userID: (String) -> UInt32?
    /// What `read` found of callers' shares in the quotas.
    private(set) var shares: [CallerShare] = []

    /// - Parameter userID: the number of a user of this machine, by name.
    init(_ mapping: MappingReader, apps: [AppName], userID: @escaping (String) -> UInt32?) {
        self.mapping = mapping
        self.apps = apps
        self.userID = userID
    }

    /// - Parameter others: callers that are known from elsewhere, whose names and keys are taken.
    mutating func read(beside others: [CallerEntry] = []) -> [CallerEntry] {
        var claims = CallerClaims(others)
        var entries: [CallerEntry] = []
        for item in mapping.takeAll() {
            let path = mapping.path(of: item.key)
            let reader = CallerEntryReader(
                MappingReader(item.value, path: path, problems: mapping.problems), line: item.line, apps: apps,
                userID: userID
            )
            guard let (entry, share) = reader.read(name: item.key) else { continue }
            for (key, message) in claims.add(entry) {
                mapping.problems.add(message, at: key.isEmpty ? path : "\(path).\(key)", line: item.line)
            }
            if let share { shares.append(CallerShare(app: entry.app, caller: entry.name, settings: share)) }
            entries.append(entry)
        }
        return entries
    }
}
