package import DivarAPI
private import Messaging

/// Finds out over the attempts of one call which keys Divar refuses.
///
/// A refusal of credentials says nothing of the key while a user's token is with it, which may be the one that is
/// refused: one service with an expired token must not take the keys from all others. It does once another key gets
/// through with the same token, at the same endpoint.
package struct KeyEvidence: Sendable {
    private let hasUserToken: Bool
    private var doubted: [(key: KeyID, endpoint: EndpointName, isKnown: Bool)] = []

    package init(hasUserToken: Bool) {
        self.hasUserToken = hasUserToken
    }

    package mutating func ended(_ result: AttemptResult, at endpoint: Endpoint, key: KeyID) -> [KeySighting] {
        if AttemptRule.verdict(on: result, at: endpoint) == .credentialsRefused,
            case .answered(.refused(let complaint), _) = result
        {
            let isKnown = complaint.status == 403
            guard hasUserToken else { return [.refused(key, isKnown: isKnown)] }
            doubted.append((key, endpoint.name, isKnown))
            return []
        }
        guard OutcomeRule.provesAcceptance(result) else { return [] }
        let refused = doubted.filter { $0.endpoint == endpoint.name }
        return [.accepted(key)] + refused.map { .refused($0.key, isKnown: $0.isKnown) }
    }
}
