package import Messaging

/// The Divar keys of every app, resolved. The only thing that can open them is what writes the upstream request.
package struct AppKeys: Sendable {
    private let keys: [AppName: [Secret]]

    package init(_ keys: [AppName: [Secret]]) {
        self.keys = keys
    }

    /// How many keys there are to call Divar with.
    package func count(of app: AppName) -> Int { keys[app]?.count ?? 0 }

    /// One of an app's keys, in the order in which they are to be tried; nil where there aren't as many.
    package func key(of app: AppName, at place: Int = 0) -> Secret? {
        guard let keys = keys[app], keys.indices.contains(place) else { return nil }
        return keys[place]
    }

    package var apps: [AppName] { keys.keys.sorted { $0.text < $1.text } }
}
