internal import HTTPWire
internal import Messaging

/// Who calls, and what of it that caller may.
extension GatewayResponder {
    /// - Parameter known: set once it is known who calls, also where the call is refused then.
    func recognised(
        _ head: RequestHead,
        from peer: Peer,
        as known: inout Caller?,
        _ notes: CallNotes
    ) throws(Problem) -> (caller: Caller, meter: (any CallMetering)?) {
        // Only a browser sends Origin, and none has business here: a page could otherwise make its reader's machine
        // call a gateway that listens there and admits everybody.
        guard head.fields[.origin] == nil else {
            throw Problem(.notAllowed, detail: "Calls from web pages (requests with an Origin field) are not served.")
        }
        let key = try bearerKey(of: head)
        switch callers.recognition(of: CallerCredentials(key: key, of: peer)) {
        case .known(let caller, let meter):
            known = caller
            notes.note { $0.caller = caller.name }
            return (caller, meter)
        case .expired(let caller):
            known = caller
            notes.note { $0.caller = caller.name }
            throw Problem(.unauthenticated, detail: "The key in Authorization has expired.")
        case .elsewhere(let caller):
            known = caller
            notes.note { $0.caller = caller.name }
            throw Problem(.notAllowed, detail: "The caller \(caller.name) may not call from this address.")
        case .unknown:
            throw Problem(
                .unauthenticated,
                detail: key == nil
                    ? "The request needs the calling service's key as Authorization: Bearer."
                    : "The key in Authorization is not one of a known caller."
            )
        }
    }

    private func bearerKey(of head: RequestHead) throws(Problem) -> Secret? {
        guard let authorization = head.fields[.authorization] else { return nil }
        let parts = authorization.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: true)
        guard parts.count == 2, Substring(parts[0]).lowercased() == "bearer" else {
            throw Problem(.unauthenticated, detail: "Authorization is not of the form: Bearer KEY.")
        }
        return Secret(String(Substring(parts[1])))
    }

    /// Whether a caller may send this, before it costs anything.
    ///
    /// - Parameter report: told of the hosts of links that lead elsewhere and are sent all the same.
    static func requireAllowed(
        _ draft: MessageDraft,
        for call: CallContext,
        report: ForeignLinkReport
    ) throws(Problem) {
        guard call.caller.senders.contains(draft.sender) else {
            throw Problem(
                .notAllowed, detail: "The caller \(call.caller.name) may not send as the \(draft.sender.rawValue).")
        }
        guard let policy = call.caller.links else { return }
        let links = ForeignLink.all(in: draft, by: policy)
        guard !links.isEmpty else { return }
        guard policy.isEnforced else {
            var hosts: [String] = []
            for link in links where !hosts.contains(link.host) { hosts.append(link.host) }
            return report(call, hosts)
        }
        throw Problem(
            .invalidRequest, detail: "The body is not a message that can be sent.",
            violations: links.map { link in
                Violation(pointer: link.pointer, detail: "leads to a host that this caller's buttons may not lead to")
            }
        )
    }
}
