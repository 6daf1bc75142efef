/// Says whether the gateway can serve. Called on event loops; must not block.
package protocol ReadinessReporting: Sendable {
    func readiness() -> Readiness
}
