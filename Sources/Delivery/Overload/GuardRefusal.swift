/// Why a call may not go to Divar now, and when it is worth another try.
package struct GuardRefusal: Sendable, Hashable {
    package enum Reason: Sendable, Hashable {
        /// Divar has been failing, and is left alone for a while.
        case breakerOpen
        /// As many wait as may.
        case queueFull
        /// No place came free in time.
        case waitedTooLong
    }

    package let reason: Reason
    /// At least 1.
    package let retryAfterSeconds: Int
}
