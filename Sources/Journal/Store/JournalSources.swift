package import Messaging

/// Where a journal takes time and chance from.
package struct JournalSources: Sendable {
    /// Microseconds since 1970.
    package let nowMicroseconds: @Sendable () -> Int64
    private let random: @Sendable () -> (UInt64, UInt64)

    package init(
        nowMicroseconds: @escaping @Sendable () -> Int64,
        random: @escaping @Sendable () -> (UInt64, UInt64) = {
            (.random(in: .min ... .max), .random(in: .min ... .max))
        }
    ) {
        self.nowMicroseconds = nowMicroseconds
        self.random = random
    }

    package func makeID(atMicroseconds now: Int64) -> MessageID {
        MessageID(unixMilliseconds: UInt64(max(0, now) / 1000), random: random())
    }
}
