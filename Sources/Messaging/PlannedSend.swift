/// What a send would do: the answer to a dry run.
package struct PlannedSend: Sendable {
    package var endpoint: EndpointName
    package var method: String
    package var url: String
    /// Credentials are masked.
    package var fields: [(name: String, value: String)]
    package var body: [UInt8]
    /// Endpoints that are tried after the first is proven not to have acted.
    package var alternatives: [EndpointName]
    package var rateLimits: [RateLimit]

    package init(
        endpoint: EndpointName,
        method: String,
        url: String,
        fields: [(name: String, value: String)],
        body: [UInt8],
        alternatives: [EndpointName],
        rateLimits: [RateLimit]
    ) {
        (self.endpoint, self.method, self.url) = (endpoint, method, url)
        (self.fields, self.body) = (fields, body)
        (self.alternatives, self.rateLimits) = (alternatives, rateLimits)
    }
}
