internal import Custody
private import Glibc
internal import Messaging
internal import Yams

/// Changes a callers file: one editor at a time, and whole or not at all.
struct CallersFileEditor {
    private let path: String
    private let configuration: Configuration

    private static let header = """
        # The callers of divar-gateway, kept by `divar-gateway caller add | rotate | revoke`. A running gateway takes
        # over what changes. Values that are edited by hand stay; comments go with the next of these commands.
        # config/divar-gateway.yaml says what each key means.

        """

    init(path: String, configuration: Configuration) {
        // A link stays one: what it points to is replaced.
        self.path = CallersFileEditor.resolved(path) ?? path
        self.configuration = configuration
    }

    /// - Parameter change: given the file as it is now, with its callers as they are read from it.
    func edit(
        _ change: (_ callers: Node.Mapping, _ entries: [CallerEntry]) throws -> (edited: CallerName, Node.Mapping)
    ) throws {
        let lock = try FileLock(path: path + ".lock")
        try withExtendedLifetime(lock) {
            let text = try CallersFile.text(at: path)
            let before = try CallersFile.merged(text, of: path, into: configuration).fileCallers
            let root = try compose(yaml: text ?? "")?.mapping ?? Node.Mapping([])
            let (edited, callers) = try change(root.value(of: "callers")?.mapping ?? Node.Mapping([]), before)
            let new =
                CallersFileEditor.header
                + (try serialize(
                    node: .mapping(root.setting("callers", to: .mapping(callers))), indent: 2, width: -1,
                    allowUnicode: true
                ))
            let after = try CallersFile.merged(new, of: path, into: configuration).fileCallers
            guard before.filter({ $0.name != edited }) == after.filter({ $0.name != edited }) else {
                throw ProcessError("\(path) can not be written without changing other callers in it; edit it by hand")
            }
            try AtomicFile(path: path, draft: path + ".new").replace(with: Array(new.utf8), isDurable: true)
        }
    }

    private static func resolved(_ path: String) -> String? {
        guard let real = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }
}
