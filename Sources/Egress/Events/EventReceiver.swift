private import ConversationCache
private import DivarAPI
package import HTTPWire
package import Logging
internal import Messaging
private import NIOCore

/// Takes Divar's webhooks: drops what an event makes stale, removes the tokens of a user who withdrew the access, then
/// passes the event on to the service that handles it.
/// Confined to one event loop.
///
/// Divar is answered once the service has taken the event, so that what isn't taken is Divar's to send again.
package final class EventReceiver {
    private let cache: SharedConversationCache
    private let forward: (pool: UpstreamPool, settings: EventSettings)?
    private let logger: Logger

    /// - Parameter forward: where events go on to; nil where they end here.
    package init(
        cache: SharedConversationCache,
        forward: (pool: UpstreamPool, settings: EventSettings)?,
        logger: Logger
    ) {
        (self.cache, self.forward, self.logger) = (cache, forward, logger)
    }

    /// - Parameter users: nil where no tokens of users are kept.
    func receive(
        _ body: [UInt8],
        trace: TraceContext,
        users: UserTokenDesk?,
        completion: @escaping (Problem?) -> Void
    ) {
        guard let event = WebhookEvent(body: body) else {
            completion(Problem(.invalidRequest, detail: "The body is not a JSON object."))
            return
        }
        drop(event)
        guard let users, case .accessRevoked(let user) = event else {
            pass(body, trace: trace, completion: completion)
            return
        }
        guard let user else {
            logger.error("an event of Divar's revokes the access of a user that can't be read")
            pass(body, trace: trace, completion: completion)
            return
        }
        // Divar is answered once the tokens are gone from the disk; where they aren't, it comes again.
        users.revoke(user) { [self] problem in
            guard let problem else { return pass(body, trace: trace, completion: completion) }
            completion(problem)
        }
    }

    /// Passes the event on to the service that handles it.
    private func pass(_ body: [UInt8], trace: TraceContext, completion: @escaping (Problem?) -> Void) {
        guard let forward else {
            completion(nil)
            return
        }
        var fields = [
            ("Content-Type", "application/json"),
            ("traceparent", trace.child(span: .random(in: .min ... .max)).traceparent),
        ]
        if let via = forward.settings.via { fields.append(("Via", via.field)) }
        let request = UpstreamRequest(method: .post, path: forward.settings.path, fields: fields, body: body)
        forward.pool.execute(request, deadline: .now() + forward.settings.deadline) { [logger] result in
            let problem = EventReceiver.problem(of: result)
            if let problem {
                logger.warning(
                    "event was not taken", metadata: ["detail": "\(problem.detail)", "trace_id": "\(trace.traceID)"]
                )
            }
            completion(problem)
        }
    }

    private func drop(_ event: WebhookEvent) {
        switch event {
        case .newMessage(let conversation): cache.use { $0.drop(conversation) }
        // Whose tokens these are is not known here, and neither is the conversation of what can't be read.
        case .accessRevoked: cache.use { $0.removeAll() }
        case .unreadable:
            logger.warning("an event of Divar's names no conversation; all of the cache is dropped")
            cache.use { $0.removeAll() }
        case .other: break
        }
    }

    /// What the service said is its own affair and isn't shown to Divar.
    private static func problem(of result: Result<UpstreamResponse, UpstreamFailure>) -> Problem? {
        switch result {
        case .success(let response) where (200..<300).contains(response.status): nil
        case .success(let response):
            Problem(.eventNotForwarded, detail: "The service that handles events answered with \(response.status).")
        case .failure:
            Problem(.eventNotForwarded, detail: "The service that handles events did not answer.")
        }
    }
}
