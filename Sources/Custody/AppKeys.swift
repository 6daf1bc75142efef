package import Messaging

/// The Divar keys of every app, resolved. The only thing that can open them is what writes the upstream request.
package struct AppKeys: Sendable {
    private let keys: [AppName: [Secret]]

    package init(_ keys: [AppName: [Secret]]) {
        self.keys = keys
    }

    /// The key to call Divar with, or nil for an app without one.
    package func key(of app: AppName) -> Secret? {
        keys[app]?.first
    }

    package var apps: [AppName] { keys.keys.sorted { $0.text < $1.text } }
}
