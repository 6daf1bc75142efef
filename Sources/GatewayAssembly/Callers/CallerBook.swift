private import AuditReport
private import Custody
private import Messaging
private import StrictJSON
private import Yams

/// The callers of a gateway for the `caller` commands, also while that gateway runs.
///
/// Throws `AuditUsageError`, `AuditMiss`, `ConfigurationError`, `ProcessError`, and what an `emit` throws.
package struct CallerBook {
    private let configuration: Configuration

    /// How many digits of a key's hash say which key is meant.
    static let shownDigits = 8

    package init(configurationPath: String) throws {
        configuration = try ConfigurationFile.read(path: configurationPath)
    }

    /// - Parameter emit: takes lines without their ends.
    package func list(asJSON: Bool, emit: (String) throws -> Void) throws {
        let uses = configuration.callersFile.map { CallerUseFile(besideCallersFile: $0).read() } ?? CallerUses()
        let inFile = Set(configuration.fileCallers.map(\.name))
        let listed = configuration.allCallers.map { entry in
            ListedCaller(entry, isInFile: inFile.contains(entry.name), uses: uses, now: CallerTime.now())
        }
        for line in asJSON ? listed.map(\.json) : ListedCaller.table(listed) { try emit(line) }
    }

    /// Adds a caller with a new key, which is shown this once.
    ///
    /// - Parameter permissions: as their names.
    package func add(
        _ name: String,
        app: String?,
        permissions: [String],
        key: NewCallerKey,
        emit: (String) throws -> Void
    ) throws {
        guard let caller = CallerName(name) else {
            throw AuditUsageError("a caller's name has 1 to 64 characters of A-Z a-z 0-9 _ - .")
        }
        guard !configuration.callers.contains(where: { $0.name == caller }) else {
            throw AuditUsageError("\(caller) stands in the configuration itself")
        }
        guard permissions.allSatisfy({ Permission(rawValue: $0) != nil }), !permissions.isEmpty else {
            throw AuditUsageError("--may lists something else than send, read, upload, users")
        }
        let made = try key.make(now: CallerTime.now())
        var entry = Node.Mapping([], .implicit, .block)
        if let app { entry = entry.setting("app", to: Node(app)) }
        entry = entry.setting("may", to: .sequence(Node.Sequence(permissions.map { Node($0) }, .implicit, .flow)))
        entry = entry.setting("keys", to: CallerBook.list([made.node]))
        try editor().edit { callers, entries in
            guard !entries.contains(where: { $0.name == caller }) else {
                throw AuditUsageError("there is a caller \(caller) already; caller rotate gives it a new key")
            }
            return (caller, callers.setting(name, to: .mapping(entry)))
        }
        try show(made.text, of: caller, emit: emit)
        try emit("a running gateway knows it within two seconds")
    }

    /// Gives a caller a new key; its old ones are refused after a while.
    ///
    /// - Parameter overlap: such as `24h`; `0s` for at once.
    package func rotate(
        _ name: String,
        overlap: String,
        key: NewCallerKey,
        emit: (String) throws -> Void
    ) throws {
        guard let overlap = UnitParser.duration(overlap) else {
            throw AuditUsageError("--overlap takes a time such as 24h, 7d or 0s")
        }
        let now = CallerTime.now()
        let end = now + overlap.components.seconds
        let made = try key.make(now: now)
        let caller = try editable(name)
        try editor().edit { callers, _ in
            guard let entry = callers.value(of: name)?.mapping else { throw CallerBook.missing(caller) }
            let kept = CallerKeyNode.all(in: entry).compactMap { $0.ending(by: end, now: now) }
            let new = entry.setting("key_sha256", to: nil).setting("keys", to: CallerBook.list(kept + [made.node]))
            return (caller, callers.setting(name, to: .mapping(new)))
        }
        try show(made.text, of: caller, emit: emit)
        try emit(
            end > now
                ? "its other keys are refused from \(CallerTime.text(end)) on, or earlier where they expire"
                : "a running gateway refuses its other keys within two seconds")
    }

    /// Takes a caller out, or one of its keys.
    ///
    /// - Parameter key: its number in `list`, or the first digits of its hash; nil for the whole caller.
    package func revoke(_ name: String, key: String?, emit: (String) throws -> Void) throws {
        let caller = try editable(name)
        try editor().edit { callers, _ in
            guard let entry = callers.value(of: name)?.mapping else { throw CallerBook.missing(caller) }
            guard let key else { return (caller, callers.setting(name, to: nil)) }
            var nodes = CallerKeyNode.all(in: entry)
            nodes.remove(at: try CallerBook.place(of: key, in: nodes))
            let new = entry.setting("key_sha256", to: nil).setting("keys", to: CallerBook.list(nodes.map(\.node)))
            return (caller, callers.setting(name, to: .mapping(new)))
        }
        try emit(key == nil ? "\(caller) is no caller any more" : "the key of \(caller) is revoked")
        try emit("a running gateway refuses it within two seconds")
    }

    private static func place(of key: String, in nodes: [CallerKeyNode]) throws -> Int {
        if key.utf8.count < shownDigits, let number = Int(key) {
            guard nodes.indices.contains(number - 1) else { throw AuditMiss("there is no key \(number)") }
            return number - 1
        }
        let places = nodes.indices.filter { nodes[$0].hash.lowercased().hasPrefix(key.lowercased()) }
        guard key.utf8.count >= shownDigits, let place = places.first, places.count == 1 else {
            throw AuditMiss("--key takes the number of a key in caller list, or 8 and more digits of its hash")
        }
        return place
    }

    private func editable(_ name: String) throws -> CallerName {
        guard let caller = CallerName(name) else { throw AuditMiss("there is no caller of that name") }
        guard !configuration.callers.contains(where: { $0.name == caller }) else {
            throw AuditUsageError("\(caller) stands in the configuration itself: edit it there, then send SIGHUP")
        }
        return caller
    }

    private static func missing(_ caller: CallerName) -> AuditMiss {
        AuditMiss("there is no caller \(caller)")
    }

    private func editor() throws -> CallersFileEditor {
        guard let path = configuration.callersFile else {
            throw AuditUsageError("the configuration names no callers_file that could be edited")
        }
        return CallersFileEditor(path: path, configuration: configuration)
    }

    private static func list(_ nodes: [Node]) -> Node {
        .sequence(Node.Sequence(nodes, .implicit, nodes.isEmpty ? .flow : .block))
    }

    private func show(_ key: String, of caller: CallerName, emit: (String) throws -> Void) throws {
        try emit("key (shown this once; give it to \(caller), which sends it as Authorization: Bearer):")
        try emit("")
        try emit("  \(key)")
        try emit("")
    }

    /// Whether there is a file that the commands can edit.
    package var hasFile: Bool { configuration.callersFile != nil }
}
