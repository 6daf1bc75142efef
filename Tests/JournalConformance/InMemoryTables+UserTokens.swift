internal import Journal
internal import Messaging

/// Users' tokens.
extension InMemoryTables {
    func userTokens(after user: AppUser?, limit: Int) -> [StoredUserTokens] {
        func place(_ user: AppUser) -> (String, String) { (user.app.text, user.name.text) }
        let behind = userTokens.values.filter { tokens in user.map { place($0) < place(tokens.user) } ?? true }
        return Array(behind.sorted { place($0.user) < place($1.user) }.prefix(limit))
    }

    mutating func write(_ change: StoredTokensChange) {
        switch change {
        case .keep(let tokens): userTokens[tokens.user] = tokens
        case .remove(let user): userTokens[user] = nil
        }
    }
}
