internal import Custody
package import HTTPWire
package import Messaging
package import NIOCore
private import StrictJSON

/// Divar's OAuth token endpoint (RFC 6749 section 3.2): what is asked of it, and what its answers mean.
package struct TokenEndpoint: Sendable {
    package let origin: Origin
    private let path: String
    let deadline: TimeAmount
    private let clients: [AppName: OAuthClient]
    private let userAgent: String
    private let via: ViaPseudonym

    /// - Parameter path: with the query, if there is one.
    package init(
        origin: Origin,
        path: String,
        deadline: TimeAmount,
        clients: [AppName: OAuthClient],
        userAgent: String,
        via: ViaPseudonym
    ) {
        (self.origin, self.path, self.deadline) = (origin, path, deadline)
        (self.clients, self.userAgent, self.via) = (clients, userAgent, via)
    }

    /// More than two tokens of the greatest length need.
    package static let answerBytes = 64 * 1024

    /// Asks for new tokens (RFC 6749 section 6), as Divar has it: with the client in the body. Nil for an app that has
    /// no client.
    func request(renewing token: RefreshToken, of app: AppName) -> UpstreamRequest? {
        guard let client = clients[app] else { return nil }
        let form = [
            "grant_type=refresh_token",
            "refresh_token=" + token.secret.withExposedText(PercentEncoding.encoded),
            "client_id=" + PercentEncoding.encoded(client.id),
            "client_secret=" + client.secret.withExposedText(PercentEncoding.encoded),
            "redirect_uri=" + PercentEncoding.encoded(client.redirectURI),
        ]
        return UpstreamRequest(
            method: .post,
            path: path,
            fields: [
                ("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json"),
                ("User-Agent", userAgent), ("Via", via.field),
            ],
            body: Array(form.joined(separator: "&").utf8)
        )
    }

    /// What came of it, and a word for operators that holds nothing of the answer but a name that RFC 6749 has.
    static func end(_ result: Result<UpstreamResponse, UpstreamFailure>) -> (end: RefreshEnd, detail: String) {
        switch result {
        case .failure(let failure):
            return (failure.requestStarted ? .lost : .failed, "no answer: \(failure.reason)")
        case .success(let response) where response.status == 200:
            guard let pair = TokenPair(answer: response.body) else { return (.lost, "an answer that makes no sense") }
            return (.granted(pair), "granted")
        case .success(let response) where (400..<500).contains(response.status):
            let name = (try? JSONParser.parse(response.body))?["error"]?.stringValue
            let error = errors.first { $0 == name }
            return (error == "invalid_grant" ? .refused : .failed, "\(response.status) \(error ?? "without a reason")")
        case .success(let response):
            // A redirection is not followed: the request holds the client's secret.
            return ((300..<400).contains(response.status) ? .failed : .lost, "status \(response.status)")
        }
    }

    /// RFC 6749 section 5.2.
    private static let errors = [
        "invalid_grant", "invalid_request", "invalid_client", "unauthorized_client", "unsupported_grant_type",
        "invalid_scope",
    ]
}
