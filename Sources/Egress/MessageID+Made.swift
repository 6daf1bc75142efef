internal import Messaging

extension MessageID {
    /// A new id.
    ///
    /// - Parameter seconds: since 1970.
    static func made(atUnix seconds: Double) -> MessageID {
        MessageID(
            unixMilliseconds: UInt64(max(0, seconds * 1000)),
            random: (.random(in: .min ... .max), .random(in: .min ... .max))
        )
    }
}
