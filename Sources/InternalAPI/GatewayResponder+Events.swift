internal import HTTPWire
internal import Messaging

extension GatewayResponder {
    /// Whether an event may come in: its sender shows the identification key, bare or as a bearer token.
    func event(_ head: RequestHead, _ notes: CallNotes) throws(Problem) -> Admission {
        guard let events else {
            throw Problem(.noSuchResource, detail: "The gateway has no resource at this path.")
        }
        let presented = head.fields[.authorization].map { field in
            Secret(field.lowercased().hasPrefix("bearer ") ? String(field.dropFirst("bearer ".count)) : field)
        }
        guard let presented, events.admits(presented) else {
            throw Problem(.unauthenticated, detail: "Authorization is not the identification key of Divar's events.")
        }
        try requireJSON(head)
        let trace = notes.facts.trace ?? trace(of: head)
        return .accept(bodyLimit: MessageLimits.eventBodyBytes) { [service] body, reply in
            service.receive(event: body, trace: trace) { problem in
                if let problem { notes.note(problem) }
                reply.send(problem.map { ProblemResponse.response(to: $0) } ?? AnswerResponse.taken)
            }
        }
    }
}
