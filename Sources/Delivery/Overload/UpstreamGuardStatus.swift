/// How calls to Divar fare, for metrics and readiness.
package struct UpstreamGuardStatus: Sendable, Hashable {
    package let concurrencyLimit: Int
    /// May be above the limit for a while after that fell.
    package let inFlight: Int
    package let waiting: Int
    package let breaker: BreakerState
}
