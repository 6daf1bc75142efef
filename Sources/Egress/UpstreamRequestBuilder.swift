internal import ConversationCache
internal import Custody
internal import DivarAPI
internal import HTTPWire
internal import Messaging

/// Puts the credentials to a request: the only place where a Divar key or a user's token is opened.
///
/// The fields are these and no others. Nothing that a caller sent is among them but the user's token, which has been
/// checked to be one word of visible characters, and the trace's id.
struct UpstreamRequestBuilder: Sendable {
    let userAgent: String
    let via: ViaPseudonym?

    func request(
        _ request: DivarRequest,
        key: Secret,
        userToken: AccessToken?,
        validators: Validators,
        trace: TraceContext
    ) -> UpstreamRequest {
        var fields = [("X-API-Key", key.withExposedText { $0 })]
        if request.endpoint.needsUserToken, let userToken {
            fields.append(("Authorization", userToken.secret.withExposedText { "Bearer " + $0 }))
        }
        if request.body != nil { fields.append(("Content-Type", "application/json")) }
        fields.append(("Accept", "application/json"))
        fields.append(("User-Agent", userAgent))
        if let via { fields.append(("Via", via.field)) }
        fields.append(("traceparent", trace.traceparent))
        // What Divar gave out itself, in an answer to the same key and token.
        if let entityTag = validators.entityTag { fields.append(("If-None-Match", entityTag)) }
        if let lastModified = validators.lastModified { fields.append(("If-Modified-Since", lastModified)) }
        return UpstreamRequest(
            method: HTTPMethod(request.endpoint.method.rawValue),
            path: request.path,
            fields: fields,
            body: request.body
        )
    }
}
