internal import Delivery
internal import Messaging

/// A key in the hands of a call: what it is called, and what it is.
struct HeldKey: Sendable {
    let id: KeyID
    let name: String
    let secret: Secret
}
