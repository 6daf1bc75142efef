import ConversationCache

/// Somebody who asked.
struct Reader {
    let waiter: CacheWaiter
    let key: Int
    let wish: Wish
    /// The oldest state of the conversation that it may be told.
    let floor: Int
    var state = State.gone
    /// Fetches that failed since it came.
    var failures = 0

    enum State: Equatable {
        case waiting(FetchID)
        case answered(FetchID)
        case gone
    }

    var isWaiting: Bool { if case .waiting = state { true } else { false } }
}
