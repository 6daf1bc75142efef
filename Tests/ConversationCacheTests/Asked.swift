import ConversationCache

/// What a read was told, in a form that can be compared.
enum Asked: Hashable {
    case answered(String?, String, age: Int?, refreshes: Bool)
    case fetch
    case wait
    case bypass(ForwardReason)
    case notCached

    /// From memory, fresh.
    static func hit(_ text: String, ttl: Int, age: Int = 0) -> Asked {
        .answered(text, "divar-gateway; hit; ttl=\(ttl)", age: age, refreshes: false)
    }

    static func stale(_ text: String, ttl: Int, age: Int, refreshes: Bool) -> Asked {
        .answered(
            text, "divar-gateway; hit; ttl=\(ttl); detail=stale-while-revalidate", age: age, refreshes: refreshes
        )
    }

    static func negative(ttl: Int, age: Int = 0) -> Asked {
        .answered(nil, "divar-gateway; hit; ttl=\(ttl); detail=negative", age: age, refreshes: false)
    }
}
