@testable import ConversationCache
import Messaging

/// The steps of a schedule, for whoever has to find out why it went wrong.
final class Trace {
    private(set) var lines: [String] = []

    func add(_ line: String) { lines.append(line) }

    static func words(for decision: CacheDecision) -> String {
        switch decision {
        case .answer(let answer, let refresh):
            "answer \(answer.content), \(answer.status.text)" + (refresh.map { ", " + words(for: $0) } ?? "")
        case .fetch(let fetch): words(for: fetch)
        case .wait(let id): "wait for \(id.number)"
        case .bypass, .notCached: "\(decision)"
        }
    }

    static func words(for notice: Settlement.Notice) -> String {
        switch notice {
        case .answer(let answer): "answer \(answer.content), \(answer.status.text)"
        case .problem(let problem, let status): "problem \(problem.kind), \(status.text)"
        case .fetch(let fetch): words(for: fetch)
        }
    }

    private static func words(for fetch: Fetch) -> String {
        "fetch \(fetch.id.number)" + (fetch.validators.isEmpty ? "" : " with \(fetch.validators)")
    }
}
