import ConversationCache
import Messaging
import NIOCore

extension Settlement {
    var told: [Told] {
        notices.map { _, notice in
            switch notice {
            case .answer(let answer): .answer(answer.text ?? "")
            case .problem(let problem, _): .problem(problem.kind)
            case .fetch: .fetch
            }
        }
    }

    /// What `Cache-Status` says to each.
    var statuses: [String] {
        notices.map { _, notice in
            switch notice {
            case .answer(let answer): answer.status.text
            case .problem(_, let status): status.text
            case .fetch: ""
            }
        }
    }

    var ages: [Int?] {
        notices.map { _, notice in
            if case .answer(let answer) = notice { answer.age } else { nil }
        }
    }

    var waiters: [CacheWaiter] { notices.map(\.waiter) }

    /// Whether somebody was told that the answer is stored.
    var isStored: Bool { statuses.contains { $0.contains("; stored") } }
}

extension CachedAnswer {
    var text: String? {
        guard case .conversation(let body, _) = content else { return nil }
        return String(buffer: body)
    }
}
