package import DivarAPI
internal import StrictJSON

/// How a simulated world begins. What a script doesn't say is as for a newcomer.
package struct SandboxScript: Sendable {
    /// Where the randomness of faults and ids begins.
    package var seed: UInt64 = 1
    package var contract = Contract.august2026
    var keys = [
        SandboxKey(key: SandboxDefaults.key, app: SandboxDefaults.app, permissions: [SandboxDefaults.everything])
    ]
    var tokens = [
        SandboxToken(
            token: SandboxDefaults.userToken, user: SandboxDefaults.user, scopes: [SandboxDefaults.everything],
            lifeSeconds: nil
        )
    ]
    var conversations = [
        ScriptedConversation(
            id: SandboxDefaults.conversation, kind: .post, postToken: SandboxDefaults.postToken,
            texts: [BuyersText(text: SandboxDefaults.greeting)]
        )
    ]
    var blocked: [Recipient] = []
    var limits = UsageLimits()
    var oauth = OAuthRules()
    var faults: [Fault] = []
    var returnsMedia = false
    var acceptsAnyMedia = true

    package init() {}

    /// Reads a script in JSON, or throws everything that is wrong with it at once.
    package init(parsing bytes: [UInt8]) throws(SandboxScriptError) {
        self.init()
        guard bytes.count <= SandboxLimits.scriptBytes else {
            throw SandboxScriptError(problems: ["the script is larger than \(SandboxLimits.scriptBytes) bytes"])
        }
        let value: JSONValue
        do {
            value = try JSONParser.parse(bytes)
        } catch {
            throw SandboxScriptError(problems: ["the script is not JSON: \(error)"])
        }
        let problems = read(value)
        guard problems.isEmpty else { throw SandboxScriptError(problems: problems) }
    }

    private mutating func read(_ value: JSONValue) -> [String] {
        var members = MemberReading(
            value, at: "",
            allowed: [
                "seed", "contract", "keys", "tokens", "conversations", "blocked", "limits", "faults", "return_media",
                "accept_any_media", "oauth",
            ]
        )
        if let seed = members.integer("seed", in: 0...Int.max) { self.seed = UInt64(seed) }
        if let contract = members.contract("contract") { self.contract = contract }
        keys = members.values("keys", of: SandboxKey.self, maximum: SandboxLimits.keys) ?? keys
        tokens = members.values("tokens", of: SandboxToken.self, maximum: SandboxLimits.tokens) ?? tokens
        conversations =
            members.values(
                "conversations", of: ScriptedConversation.self, maximum: SandboxLimits.conversations)
            ?? conversations
        blocked = members.values("blocked", of: Recipient.self, maximum: SandboxLimits.blockedRecipients) ?? []
        limits = members.value("limits", as: UsageLimits.self) ?? UsageLimits()
        oauth = members.value("oauth", as: OAuthRules.self) ?? OAuthRules()
        faults = members.values("faults", of: Fault.self, maximum: SandboxLimits.faults) ?? []
        returnsMedia = members.boolean("return_media") ?? false
        acceptsAnyMedia = members.boolean("accept_any_media") ?? true
        members.complainOfRepeated("keys", keys.map(\.key))
        members.complainOfRepeated("tokens", tokens.map(\.token))
        members.complainOfRepeated("conversations", conversations.map(\.id))
        var problems: [String] = []
        _ = members.finish(into: &problems)
        return problems
    }
}

extension MemberReading {
    /// A contract by its month.
    mutating func contract(_ name: String) -> Contract? {
        choice(name, of: Contract.allCases.map(\.rawValue)).flatMap(Contract.init(rawValue:))
    }

    /// Two of a kind under one name: the second would silently win.
    fileprivate mutating func complainOfRepeated(_ name: String, _ identifiers: [String]) {
        var seen: Set<String> = []
        for (index, identifier) in identifiers.enumerated() where !seen.insert(identifier).inserted {
            complain("\(name)[\(index)]", "has the same name as an earlier one")
        }
    }
}
