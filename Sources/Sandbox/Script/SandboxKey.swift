private import DivarAPI
private import Messaging
internal import StrictJSON

/// An API key: which app calls, and what it may do.
struct SandboxKey: Sendable, Hashable {
    let key: String
    let app: String
    let permissions: Set<String>

    /// What Divar's panel lets a key do, as far as the catalogue asks for it.
    static let knownPermissions = Set(Catalogue.endpoints.map(\.keyPermission)).sorted()

    func allows(_ permission: String) -> Bool {
        permissions.contains(permission) || permissions.contains(SandboxDefaults.everything)
    }
}

extension SandboxKey: ScriptReadable {
    init?(reading value: JSONValue, at place: String, problems: inout [String]) {
        var members = MemberReading(value, at: place, allowed: ["key", "app", "permissions"])
        let key = members.text("key")
        members.require("key")
        let app = members.text("app")
        if let app, AppName(app) == nil {
            members.complain("app", "must be 1 to 64 characters of A-Z a-z 0-9 _ - .")
        }
        let permissions = members.texts("permissions") ?? [SandboxDefaults.everything]
        let known = SandboxKey.knownPermissions + [SandboxDefaults.everything]
        for permission in permissions where !known.contains(permission) {
            members.complain(
                "permissions", "has \"\(permission)\", which is none of: \(known.joined(separator: ", "))")
        }
        guard members.finish(into: &problems), let key else { return nil }
        self.key = key
        self.app = app ?? SandboxDefaults.app
        self.permissions = Set(permissions)
    }
}
