internal import HTTPWire
internal import Messaging

extension GatewayResponder {
    /// The user by whose kept token a call is made; nil where the head names none.
    func keptUser(of head: RequestHead) throws(Problem) -> UserName? {
        guard let text = head.fields[.user] else { return nil }
        guard service.keepsUserTokens else {
            throw Problem(.invalidRequest, detail: "X-User names a user, and this gateway keeps no users' tokens.")
        }
        guard head.fields[.accessToken] == nil else {
            throw Problem(.invalidRequest, detail: "X-User and X-Access-Token exclude each other.")
        }
        return try GatewayResponder.userName(text, place: "X-User")
    }

    private static func userName(_ text: String, place: String) throws(Problem) -> UserName {
        guard let name = UserName(text) else {
            throw Problem(
                .invalidRequest, detail: "\(place) is not a user's name: 1 to 64 characters of A-Z a-z 0-9 _ - ."
            )
        }
        return name
    }

    /// There are such resources only where tokens are kept.
    func requireUserTokens(for route: Route) throws(Problem) {
        guard case .userTokens = route, !service.keepsUserTokens else { return }
        throw Problem(.noSuchResource, detail: "The gateway has no resource at this path.")
    }

    func userTokens(_ segment: String, _ call: CallContext, _ head: RequestHead) throws(Problem) -> Admission {
        guard let text = PercentEncoding.decoded(segment) else {
            throw Problem(.invalidRequest, detail: "The user's name is not percent-encoded UTF-8.")
        }
        let name = try GatewayResponder.userName(text, place: "The last part but one of the path")
        switch head.method {
        case .put: return try keepTokens(of: name, call, head)
        case .delete:
            return .accept(bodyLimit: 0) { [service] _, reply in
                service.removeTokens(of: name, for: call) { problem in
                    reply.answer(problem, of: call)
                }
            }
        default:
            return .accept(bodyLimit: 0) { [service] _, reply in
                let result = service.reportTokens(of: name, for: call)
                reply.answer(result.map(AnswerBody.userTokens), of: call)
            }
        }
    }

    private func keepTokens(of name: UserName, _ call: CallContext, _ head: RequestHead) throws(Problem) -> Admission {
        try requireJSON(head)
        return .accept(bodyLimit: MessageLimits.userTokensBodyBytes, refused: refusal(of: call, to: .users)) {
            [service] body, reply in
            do throws(Problem) {
                let tokens = try UserTokensBodyReader.tokens(from: body)
                service.keepTokens(tokens, of: name, for: call) { problem in
                    reply.answer(problem, of: call)
                }
            } catch {
                service.refused(GatewayResponder.refusal(of: call, to: .users, for: error))
                reply.answer(error, of: call)
            }
        }
    }
}
