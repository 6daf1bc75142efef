package import Messaging

/// Calls to Divar that the records tell of, for who has to know what of a limit is used.
package struct RecordedUse: Sendable, Hashable {
    package var app: AppName
    package var caller: CallerName
    /// Microseconds since 1970: the latest that they can have ended.
    package var endedBefore: Int64
    package var count: Int

    package init(app: AppName, caller: CallerName, endedBefore: Int64, count: Int) {
        (self.app, self.caller, self.endedBefore, self.count) = (app, caller, endedBefore, count)
    }
}
