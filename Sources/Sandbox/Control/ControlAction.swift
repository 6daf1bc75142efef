/// What the control endpoint can do.
enum ControlAction: Sendable, CaseIterable {
    case index
    case showLedger
    case showRequests
    case showFaults
    case addFault
    case removeFaults
    case removeFault
    case addKey
    case removeKey
    case addToken
    case removeToken
    case addConversation
    case say
    case block
    case unblock
    case setLimits
    case setContract
    case setMedia
    case setOAuth
    case refuseConnections
    case reset

    /// Method, path, what the body is (nil for none), and what it does.
    var call: (method: String, path: String, body: String?, summary: String) {
        switch self {
        case .index: ("GET", "/_sandbox", nil, "this list")
        case .showLedger:
            ("GET", "/_sandbox/ledger", nil, "every accepted message; ?after=SEQ leaves out those up to SEQ")
        case .showRequests: ("GET", "/_sandbox/requests", nil, "counters, and the last requests")
        case .showFaults: ("GET", "/_sandbox/faults", nil, "the faults that wait for requests")
        case .addFault:
            (
                "POST", "/_sandbox/faults", #"{"kind", …, "endpoint"?, "times"?, "probability"?, "when"?}"#,
                "adds a fault"
            )
        case .removeFaults: ("DELETE", "/_sandbox/faults", nil, "removes every fault")
        case .removeFault: ("DELETE", "/_sandbox/faults/{id}", nil, "removes one fault")
        case .addKey:
            ("POST", "/_sandbox/keys", #"{"key", "app"?, "permissions"?}"#, "adds or replaces an API key")
        case .removeKey: ("DELETE", "/_sandbox/keys/{key}", nil, "revokes an API key")
        case .addToken:
            (
                "POST", "/_sandbox/tokens", #"{"token", "user", "scopes", "expires_in"?, "refresh_token"?}"#,
                "adds or replaces a user's token"
            )
        case .removeToken: ("DELETE", "/_sandbox/tokens/{token}", nil, "revokes a user's token, or a refresh token")
        case .addConversation:
            (
                "POST", "/_sandbox/conversations", #"{"id", "type"?, "post_token"?, "messages"?}"#,
                "begins a conversation"
            )
        case .say:
            ("POST", "/_sandbox/conversations/{id}/messages", #"{"text"}"#, "the buyer says something")
        case .block: ("POST", "/_sandbox/blocked", #"{"conversation_id"} or {"user_id"}"#, "blocks a recipient")
        case .unblock:
            (
                "DELETE", "/_sandbox/blocked", #"{"conversation_id"} or {"user_id"}; none for all"#,
                "unblocks recipients"
            )
        case .setLimits:
            (
                "POST", "/_sandbox/limits", #"{"per_minute"?, "per_day"?}"#,
                "sets both limits and counts from zero; an absent one is off"
            )
        case .setContract: ("POST", "/_sandbox/contract", #"{"contract"}"#, "switches the contract")
        case .setMedia:
            ("POST", "/_sandbox/media", #"{"return_media"?, "accept_any_media"?}"#, "sets what is done with media")
        case .setOAuth:
            (
                "POST", "/_sandbox/oauth",
                #"{"client_id"?, "client_secret"?, "redirect_uri"?, "grace_seconds"?, "expires_in"?}"#,
                "sets who may renew tokens, and how long old ones work on; what is absent is as at the beginning"
            )
        case .refuseConnections:
            ("POST", "/_sandbox/refuse-connections", #"{"duration_ms"}"#, "refuses connections from now on")
        case .reset: ("POST", "/_sandbox/reset", nil, "begins anew, as the script says")
        }
    }
}
