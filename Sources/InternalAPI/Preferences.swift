/// Reads `Prefer` (RFC 7240): what a caller would like, of which everything unknown is passed over.
enum Preferences {
    /// Whether an answer is wanted before the message is sent (section 4.1).
    static func asksForAsynchronous(_ field: String?) -> Bool {
        guard let field else { return false }
        return field.split(separator: ",").contains { preference in
            let token = preference.split(separator: ";", omittingEmptySubsequences: false).first ?? ""
            return token.lowercased().filter { $0 != " " && $0 != "\t" } == "respond-async"
        }
    }
}
