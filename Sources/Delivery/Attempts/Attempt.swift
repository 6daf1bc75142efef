package import DivarAPI

/// One way to make a call: at which endpoint, with which of the app's keys.
package struct Attempt: Sendable, Hashable {
    package let endpoint: Endpoint
    /// The place of the key among the app's.
    package let key: Int

    package init(endpoint: Endpoint, key: Int) {
        self.endpoint = endpoint
        self.key = key
    }
}
