/// Why a request went to Divar (RFC 9211 section 2.2).
package enum ForwardReason: String, Sendable, Hashable {
    /// The cache is off.
    case bypass
    case missing = "uri-miss"
    /// The request asked for it.
    case request
    case stale
}
