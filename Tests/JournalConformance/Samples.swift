package import Journal
internal import Messaging

/// Values that many promises need.
package enum Samples {
    /// A master key of its own for each number.
    package static func masterKey(_ number: UInt8) throws -> MasterKey {
        try Expectation.some(MasterKey([UInt8](repeating: number, count: MasterKey.length)), "a master key")
    }

    package static func claimName(_ key: String, of caller: String = "shop") throws -> ClaimName {
        ClaimName(
            caller: try Expectation.some(CallerName(caller), "a caller's name"),
            key: try Expectation.some(IdempotencyKey(key), "an idempotency key")
        )
    }
}
