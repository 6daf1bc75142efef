package import Journal
package import Messaging
internal import SeededCases
private import Synchronization

/// A clock that stands still until it is told to go on, and chance from a seed. Any thread.
package final class SampleClock: Sendable {
    private let state: Mutex<(now: Int64, random: SplitMix64)>

    package init(seed: UInt64 = SplitMix64.seed) {
        state = Mutex((1_800_000_000_000_000, SplitMix64(seed: seed)))
    }

    package var nowMicroseconds: Int64 { state.withLock { $0.now } }

    package func advance(by duration: Duration) {
        state.withLock { $0.now += Int64(duration / .microseconds(1)) }
    }

    package var sources: JournalSources {
        JournalSources(
            nowMicroseconds: { self.nowMicroseconds },
            random: { self.state.withLock { ($0.random.next(), $0.random.next()) } }
        )
    }

    /// The id of a message that is accepted now.
    package func makeID() -> MessageID {
        sources.makeID(atMicroseconds: nowMicroseconds)
    }
}
