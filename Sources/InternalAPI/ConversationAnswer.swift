package import ConversationCache
package import Messaging

/// The answer to a read, and what the cache has to say of it.
package struct ConversationAnswer: Sendable {
    package var result: Result<CachedAnswer, Problem>
    package var status: CacheStatus

    package init(_ answer: CachedAnswer) {
        // A confirmed absence is a problem for whoever asked.
        if case .notFound(let problem) = answer.content {
            result = .failure(problem)
        } else {
            result = .success(answer)
        }
        status = answer.status
    }

    package init(_ problem: Problem, status: CacheStatus) {
        result = .failure(problem)
        self.status = status
    }
}
