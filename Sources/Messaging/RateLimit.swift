/// One window of a limit, in the terms of the `RateLimit` fields (draft-ietf-httpapi-ratelimit-headers-10).
package struct RateLimit: Sendable, Hashable {
    /// The policy's name: `minute` or `day` of an app, `caller` for the calls of one caller.
    package var name: String
    package var limit: Int
    package var windowSeconds: Int
    /// What the caller may still use of it.
    package var remaining: Int
    /// When there is more.
    package var resetSeconds: Int

    package init(name: String, limit: Int, windowSeconds: Int, remaining: Int, resetSeconds: Int) {
        (self.name, self.limit, self.windowSeconds) = (name, limit, windowSeconds)
        (self.remaining, self.resetSeconds) = (remaining, resetSeconds)
    }
}
