private import Synchronization

/// Where calls that end are put for those who watch. Any thread; costs a look at one atomic while nobody does.
package final class LiveCalls: Sendable {
    private struct Waiting {
        var lines: [[UInt8]] = []
        var dropped = 0
    }

    /// Calls that wait to be shown; beyond it they are only counted: a console must not hold up the gateway.
    static let maximum = 500

    private let watchers = Atomic<Int>(0)
    private let waiting = Mutex(Waiting())

    package init() {}

    /// Whether anybody watches.
    package var isWatched: Bool { watchers.load(ordering: .relaxed) > 0 }

    /// - Parameter line: a call as JSON.
    package func put(_ line: [UInt8]) {
        waiting.withLock { waiting in
            if waiting.lines.count < LiveCalls.maximum {
                waiting.lines.append(line)
            } else {
                waiting.dropped += 1
            }
        }
    }

    func setWatchers(_ count: Int) {
        watchers.store(count, ordering: .relaxed)
        if count == 0 { waiting.withLock { $0 = Waiting() } }
    }

    /// All that waits, and how many more there were.
    func take() -> (lines: [[UInt8]], dropped: Int) {
        waiting.withLock { waiting in
            defer { waiting = Waiting() }
            return (waiting.lines, waiting.dropped)
        }
    }
}
