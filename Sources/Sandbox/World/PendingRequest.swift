/// A request that was taken in and is not handled yet.
package struct PendingRequest: Sendable {
    let request: SandboxRequest
    let route: SandboxRoute
    let hit: FaultHit
    /// Its number in the record of requests.
    let number: Int
    /// How often the world had been reset when it came.
    let epoch: Int
}
