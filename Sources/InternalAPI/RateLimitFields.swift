internal import Messaging

/// `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10): lists of structured field items.
enum RateLimitFields {
    static func fields(of limits: [RateLimit]) -> [(name: String, value: String)] {
        guard !limits.isEmpty else { return [] }
        let policy = limits.map { "\"\($0.name)\";q=\($0.limit);w=\($0.windowSeconds)" }
        let state = limits.map { "\"\($0.name)\";r=\($0.remaining);t=\($0.resetSeconds)" }
        return [
            ("RateLimit-Policy", policy.joined(separator: ", ")), ("RateLimit", state.joined(separator: ", ")),
        ]
    }
}
