/// Classes of answer by which an endpoint says that it refused a request before it acted on it. After one of these the
/// same message may be offered again, elsewhere or otherwise.
package enum EarlyRefusal: Sendable, Hashable, CaseIterable {
    /// Nothing is served at this path, or not by this method: 404 "Not Found" with gRPC code 5, 405, 410, 501.
    case routeGone
    /// A limit of the app is passed: 429, gRPC code 8.
    case limit
    /// The key, or the user's token, isn't admitted: 401 and 403, gRPC codes 16 and 7.
    case credentials
}
