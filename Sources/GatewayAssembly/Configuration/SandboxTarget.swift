package import HTTPWire
package import Messaging

/// A simulated Divar to call instead of the real one.
package struct SandboxTarget: Sendable {
    package let origin: Origin
    package let uploadURL: String
    package let key: Secret

    package init(origin: Origin, uploadURL: String, key: Secret) {
        self.origin = origin
        self.uploadURL = uploadURL
        self.key = key
    }
}
