private import Synchronization

/// How it stands with the callers, told to `/health/ready`: anybody may ask there, so it names none of them.
final class CallersStatus: Sendable {
    private let text = Mutex("")

    var detail: String { text.withLock { $0 } }

    func set(_ detail: String) {
        text.withLock { $0 = detail }
    }
}
