/// The two occasions on which a stale answer is given (RFC 5861).
enum StaleUse: CaseIterable {
    case whileRevalidating
    case onError
}
