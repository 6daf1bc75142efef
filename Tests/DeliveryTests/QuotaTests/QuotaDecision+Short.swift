import Delivery

extension QuotaDecision {
    static func refused(_ window: QuotaWindow, _ limit: Int?, after seconds: Int) -> QuotaDecision {
        .refuse(QuotaRefusal(window: window, limit: limit, retryAfterSeconds: seconds))
    }
}

extension QuotaNotice {
    /// As if the call had been told at once.
    var told: QuotaDecision {
        switch decision {
        case .go: .go
        case .refuse(let refusal): .refuse(refusal)
        }
    }
}
