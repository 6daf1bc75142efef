internal import DivarAPI
package import HTTPWire
private import Messaging

/// The whole simulated Divar as a value: requests and times go in, replies come out.
///
/// It has no clock, no randomness but its seed, and no connections; the same requests at the same times give the same
/// replies.
package struct SandboxWorld: Sendable {
    /// How it began, to begin again.
    let script: SandboxScript
    /// How often it has begun again.
    let epoch: Int

    var contract: Contract
    var keys: [String: SandboxKey]
    var tokens: [String: IssuedToken] = [:]
    var refreshTokens: [String: IssuedRefreshToken] = [:]
    var oauth: OAuthRules
    var conversations = ConversationBook()
    var blocked: Set<Recipient>
    var meter: UsageMeter
    var media = MediaStore()
    var faults: FaultPlan
    var returnsMedia: Bool
    var acceptsAnyMedia: Bool

    var ledger = BoundedLog<LedgerEntry>(capacity: SandboxLimits.ledgerEntries)
    var requests = RequestRecord()
    /// Makes ids and tokens. Apart from the faults' generator, so that neither disturbs the other.
    private var identities: SplitMix64

    package init(script: SandboxScript, at now: SandboxTime) {
        self.init(script: script, epoch: 0, at: now)
    }

    init(script: SandboxScript, epoch: Int, at now: SandboxTime) {
        self.script = script
        self.epoch = epoch
        contract = script.contract
        keys = Dictionary(script.keys.map { ($0.key, $0) }) { $1 }
        oauth = script.oauth
        blocked = Set(script.blocked)
        meter = UsageMeter(limits: script.limits)
        faults = FaultPlan(script.faults, seed: script.seed)
        returnsMedia = script.returnsMedia
        acceptsAnyMedia = script.acceptsAnyMedia
        identities = SplitMix64(seed: ~script.seed)
        for token in script.tokens { issue(token, at: now) }
        for conversation in script.conversations { begin(conversation, at: now) }
    }

    /// How much of a body is read, decided before it comes.
    package static func bodyLimit(for head: RequestHead) -> Int {
        guard case .upload = SandboxRoute(head).destination else { return SandboxLimits.bodyBytes }
        return SandboxLimits.uploadBodyBytes
    }

    /// Takes a request in and says what is done about it.
    package mutating func answer(_ request: SandboxRequest, at now: SandboxTime) -> SandboxReply {
        if ControlRoute.isControl(request.head) { return control(request, at: now) }
        let route = SandboxRoute(request.head)
        let hit = faults.strike(route.name)
        let record = RecordedRequest(request, endpoint: route.name, faults: hit.names, at: now)
        let number = requests.receive(record, endpoint: route.name)
        let pending = PendingRequest(request: request, route: route, hit: hit, number: number, epoch: epoch)
        if let latency = hit.latency, latency.moment == .before {
            return .wait(milliseconds: latency.milliseconds, pending)
        }
        return finish(pending, at: now)
    }

    /// Goes on with a request whose reply was `wait`.
    package mutating func resume(_ pending: PendingRequest, at now: SandboxTime) -> SandboxReply {
        // The world that it asked has begun anew since; nothing of it may reach the new one.
        guard pending.epoch == epoch else { return .close }
        return finish(pending, at: now)
    }

    private mutating func finish(_ pending: PendingRequest, at now: SandboxTime) -> SandboxReply {
        let reply = spoiltReply(pending, at: now)
        requests.answer(pending.number, status: reply.status)
        if let latency = pending.hit.latency, latency.moment == .after {
            return .delay(milliseconds: latency.milliseconds, reply)
        }
        return reply
    }

    private mutating func spoiltReply(_ pending: PendingRequest, at now: SandboxTime) -> SandboxReply {
        guard let hit = pending.hit.answer else { return .respond(handle(pending, at: now)) }
        let given = hit.moment == .after ? handle(pending, at: now) : nil
        return hit.fault.reply { given ?? imagined(pending, at: now) }
    }

    /// The answer that would have come, in a world that is thrown away.
    private func imagined(_ pending: PendingRequest, at now: SandboxTime) -> Response {
        var imagined = self
        return imagined.handle(pending, at: now)
    }

    private mutating func handle(_ pending: PendingRequest, at now: SandboxTime) -> Response {
        let route = pending.route
        do throws(RPCStatus) {
            switch route.destination {
            case .nowhere:
                throw .notFound
            case .endpoint(let endpoint, let identifier):
                guard endpoint.contracts.contains(contract) else { throw .notFound }
                guard route.hasMethod else { throw .methodNotAllowed }
                return try serve(endpoint, identifier, pending.request, at: now)
            case .token:
                guard route.hasMethod else { throw .methodNotAllowed }
                return renew(pending.request, at: now)
            case .upload(let kind):
                guard route.hasMethod else { throw .methodNotAllowed }
                return try upload(kind, pending.request, at: now)
            }
        } catch {
            return error.response
        }
    }

    /// A new id, or token, of 16 characters.
    mutating func newIdentity() -> String {
        Hexadecimal.text(identities.next())
    }

    /// Begins a conversation with what the buyer has said in it already.
    mutating func begin(_ scripted: ScriptedConversation, at now: SandboxTime) {
        conversations.add(
            SimulatedConversation(id: scripted.id, kind: scripted.kind, postToken: scripted.postToken))
        for text in scripted.texts { _ = hear(text, in: scripted.id, at: now) }
    }

    /// The buyer says something. Gives the message's id.
    mutating func hear(_ text: BuyersText, in conversation: String, at now: SandboxTime) -> String {
        let id = newIdentity()
        let message = SimulatedMessage(
            id: id, content: .text(text.text), sentAt: now, side: .buyer, sender: .human)
        conversations.append(message, to: conversation)
        return id
    }
}
