package import HTTPWire
package import Messaging

/// How a call was served, as far as others may know of it.
package struct CallEnd: Sendable, Hashable {
    /// What it was for, such as `send`; `none` where there is no such resource.
    package var operation: String
    package var method: String
    /// Nil where the client had gone before there was an answer.
    package var status: Int?
    /// Of the answer's body.
    package var bytes: Int
    package var peer: Peer
    package var requestID: String
    package var facts: CallNotes.Facts
    /// From its head to its answer.
    package var microseconds: Int64
    /// Whether somebody only looks whether the gateway lives: such calls come every few seconds.
    package var isProbe: Bool

    /// What of its time Divar had no part in.
    package var ownMicroseconds: Int64 { max(0, microseconds - facts.divarMicroseconds) }
}
