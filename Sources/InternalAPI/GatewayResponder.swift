package import HTTPWire
package import Messaging
private import StrictJSON

/// The front door: finds the route and the caller before a body is read, then validates, calls and answers.
///
/// One instance serves one event loop.
package struct GatewayResponder: HTTPResponder {
    private let service: any MessagingService
    private let callers: any CallerAuthenticating
    private let readiness: any ReadinessReporting
    private let limits: MessageLimits

    package init(
        service: any MessagingService,
        callers: any CallerAuthenticating,
        readiness: any ReadinessReporting,
        limits: MessageLimits
    ) {
        self.service = service
        self.callers = callers
        self.readiness = readiness
        self.limits = limits
    }

    package func admit(_ head: RequestHead, from peer: PeerAddress) -> Admission {
        let route = Route(path: head.path)
        do throws(Problem) {
            return try admit(head, to: route)
        } catch {
            var problem = error
            if route == .send { problem.outcome = .notSent }
            return .refuse(ProblemResponse.response(to: problem, allowing: route?.allowedMethods))
        }
    }

    package func response(to violation: ProtocolViolation) -> Response {
        var problem = Problem(violation)
        // Whatever it was going to be, nothing of it has left.
        problem.outcome = .notSent
        return ProblemResponse.response(to: problem)
    }

    private func admit(_ head: RequestHead, to route: Route?) throws(Problem) -> Admission {
        guard let route else {
            throw Problem(.noSuchResource, detail: "The gateway has no resource at this path.")
        }
        guard route.allowedMethods.contains(head.method) else {
            throw Problem(.methodNotAllowed, detail: "This resource does not have the method \(head.method.name).")
        }
        guard let permission = route.permission else { return open(route) }
        let caller = try caller(of: head, needing: permission)
        let trace = trace(of: head)
        let userToken = try userToken(of: head)
        let call = CallContext(caller: caller, userToken: userToken, trace: trace)
        switch route {
        case .send: return try send(call, head)
        case .uploadToken: return uploadToken(call, head)
        case .conversation(let segment): return try conversation(segment, call)
        case .description, .live, .ready: return open(route)
        }
    }

    // MARK: Who calls

    private func caller(of head: RequestHead, needing permission: Permission) throws(Problem) -> Caller {
        // Only a browser sends Origin, and none has business here: a page could otherwise make its reader's machine
        // call a gateway that listens there and admits everybody.
        guard head.fields[.origin] == nil else {
            throw Problem(.notAllowed, detail: "Calls from web pages (requests with an Origin field) are not served.")
        }
        let key = try bearerKey(of: head)
        guard let caller = callers.caller(presenting: key) else {
            throw Problem(
                .unauthenticated,
                detail: key == nil
                    ? "The request needs the calling service's key as Authorization: Bearer."
                    : "The key in Authorization is not one of a known caller."
            )
        }
        guard caller.permissions.contains(permission) else {
            throw Problem(.notAllowed, detail: "The caller \(caller.name) may not \(permission.rawValue).")
        }
        return caller
    }

    private func bearerKey(of head: RequestHead) throws(Problem) -> Secret? {
        guard let authorization = head.fields[.authorization] else { return nil }
        let parts = authorization.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw Problem(.unauthenticated, detail: "Authorization is not of the form: Bearer KEY.")
        }
        return Secret(String(parts[1]))
    }

    private func userToken(of head: RequestHead) throws(Problem) -> AccessToken? {
        guard let text = head.fields[.accessToken] else { return nil }
        guard let token = AccessToken(text) else {
            throw Problem(
                .invalidRequest,
                detail: "X-Access-Token is not a token: 1 to \(AccessToken.maximumLength) visible ASCII characters."
            )
        }
        return token
    }

    private func trace(of head: RequestHead) -> TraceContext {
        if let given = head.fields[.traceparent], let trace = TraceContext(traceparent: given) { return trace }
        return TraceContext(
            random: (.random(in: .min ... .max), .random(in: .min ... .max)), span: .random(in: .min ... .max))
    }

    // MARK: Routes

    private func send(_ call: CallContext, _ head: RequestHead) throws(Problem) -> Admission {
        try requireJSON(head)
        return .accept(bodyLimit: limits.bodyBytes) { [service, limits] body, reply in
            do throws(Problem) {
                let draft = try SendBodyReader.draft(from: body, hasUserToken: call.userToken != nil, limits: limits)
                try GatewayResponder.requireUserToken(call, for: draft.operation)
                service.send(draft, for: call) { result in
                    reply.send(AnswerResponse.response(to: result.map(AnswerBody.receipt), call: call))
                }
            } catch {
                var problem = error
                problem.outcome = .notSent
                reply.send(ProblemResponse.response(to: problem, call: call))
            }
        }
    }

    private func uploadToken(_ call: CallContext, _ head: RequestHead) -> Admission {
        .accept(bodyLimit: MessageLimits.uploadTokenBodyBytes) { [service] body, reply in
            guard body.isEmpty || (try? JSONParser.parse(body)) == .object([]) else {
                let problem = Problem(.invalidRequest, detail: "The body must be empty or an empty JSON object.")
                reply.send(ProblemResponse.response(to: problem, call: call))
                return
            }
            service.createUploadToken(for: call) { result in
                reply.send(AnswerResponse.response(to: result.map(AnswerBody.grant), call: call))
            }
        }
    }

    private func conversation(_ segment: String, _ call: CallContext) throws(Problem) -> Admission {
        guard let id = PercentEncoding.decoded(segment).flatMap(ConversationID.init) else {
            throw Problem(
                .invalidRequest,
                detail:
                    "The conversation's id must be 1 to \(ConversationID.maximumLength) characters of A-Z a-z 0-9 _ - . ~ and neither . nor .. by itself."
            )
        }
        try GatewayResponder.requireUserToken(call, for: .readConversation)
        return .accept(bodyLimit: 0) { [service] _, reply in
            service.readConversation(id, for: call) { result in
                reply.send(AnswerResponse.response(to: result.map(AnswerBody.conversation), call: call))
            }
        }
    }

    /// What anybody may ask.
    private func open(_ route: Route) -> Admission {
        .accept(bodyLimit: 0) { [readiness] _, reply in
            switch route {
            case .ready: reply.send(AnswerResponse.response(to: readiness.readiness()))
            case .description: reply.send(OpenAPIDocument.response)
            default: reply.send(AnswerResponse.live)
            }
        }
    }

    private func requireJSON(_ head: RequestHead) throws(Problem) {
        guard let contentType = head.fields[.contentType] else {
            throw Problem(
                .unsupportedMediaType, detail: "The body must be announced as Content-Type: application/json.")
        }
        let parts = contentType.lowercased().split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
        let parameters = parts.dropFirst().filter { !$0.isEmpty }
        guard parts.first == "application/json",
            parameters.allSatisfy({ $0 == "charset=utf-8" || $0 == "charset=\"utf-8\"" })
        else {
            throw Problem(
                .unsupportedMediaType, detail: "The body must be announced as Content-Type: application/json, in UTF-8."
            )
        }
    }

    private static func requireUserToken(_ call: CallContext, for operation: Operation) throws(Problem) {
        guard operation.needsUserToken, call.userToken == nil else { return }
        throw Problem(
            .userTokenRequired,
            detail: "Divar serves this call (\(operation.rawValue)) only with a user's token: add X-Access-Token."
        )
    }
}
