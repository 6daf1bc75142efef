import Messaging

/// A call that waits for a place.
struct WaitingCall: Sendable {
    let caller: CallerName
    /// In the order in which they came.
    let number: UInt64
    /// When its place would be of no use any more.
    let deadline: Int64
    /// When it has waited long enough.
    let end: Int64
}
