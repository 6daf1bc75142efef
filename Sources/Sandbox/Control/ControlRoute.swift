private import DivarAPI
internal import HTTPWire

/// Finds the control call that a request means.
enum ControlRoute {
    private static let root = "/_sandbox"

    private static let table: [(action: ControlAction, method: String, path: PathTemplate)] =
        ControlAction.allCases.map { ($0, $0.call.method, PathTemplate($0.call.path)) }

    /// Whether a request is for the control endpoint, known or not, and not for Divar.
    static func isControl(_ head: RequestHead) -> Bool {
        head.path == root || head.path.hasPrefix(root + "/")
    }

    /// The call, and what stands in its path.
    static func call(_ head: RequestHead) throws(RPCStatus) -> (action: ControlAction, identifier: String) {
        var isKnown = false
        for row in table {
            guard let identifier = row.path.identifier(in: head.path) else { continue }
            if row.method == head.method.name { return (row.action, identifier) }
            isKnown = true
        }
        throw isKnown ? .methodNotAllowed : .notFound
    }
}
