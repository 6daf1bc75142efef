/// A user of one app. Two apps may use the same name for two people.
package struct AppUser: Sendable, Hashable, CustomStringConvertible {
    package let app: AppName
    package let name: UserName

    package init(app: AppName, name: UserName) {
        self.app = app
        self.name = name
    }

    package var description: String { "\(app)/\(name)" }
}
