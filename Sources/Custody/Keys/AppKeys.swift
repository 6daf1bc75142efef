package import Messaging

/// The Divar keys of every app, resolved, in the order in which they are to be tried.
package struct AppKeys: Sendable {
    private let keys: [AppName: [AppKey]]

    package init(_ keys: [AppName: [AppKey]]) {
        self.keys = keys
    }

    package var apps: [AppName] { keys.keys.sorted { $0.text < $1.text } }

    package func keys(of app: AppName) -> [AppKey] { keys[app] ?? [] }
}
