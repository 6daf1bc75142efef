internal import AdminPlane
private import Custody
internal import Messaging
private import Synchronization

/// The operators' keys that are in force. Any thread.
final class AdminKeyBook: AdminKeys {
    private struct State {
        var entries: [AdminKeyEntry]
        /// Stays so when the last key goes: whoever took it away didn't mean to let everybody in.
        var areAsked: Bool
    }

    private let state: Mutex<State>

    init(_ entries: [AdminKeyEntry]) {
        state = Mutex(State(entries: entries, areAsked: !entries.isEmpty))
    }

    func replace(by new: [AdminKeyEntry]) {
        state.withLock { $0 = State(entries: new, areAsked: $0.areAsked || !new.isEmpty) }
    }

    var areAsked: Bool { state.withLock { $0.areAsked } }

    /// Hashes are compared, so how long that takes tells nothing of a key.
    func owner(of key: Secret) -> AdminOperator? {
        let digest = CallerKeyDigest(of: key)
        return known.first { $0.key.digest == digest }?.person
    }

    func current(_ name: String) -> AdminOperator? { known.first { $0.name == name }?.person }

    private var known: [AdminKeyEntry] {
        let now = CallerTime.now()
        return state.withLock { $0.entries }.filter { !$0.key.isExpired(at: now) }
    }
}
