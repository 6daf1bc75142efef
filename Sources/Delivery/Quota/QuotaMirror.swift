package import Messaging

/// Mirrors Divar's limits per app, so that the gateway never asks Divar for more than it allows, and shares what it
/// allows fairly among callers.
///
/// Decides, and does nothing: it is told of calls and of the ends of their attempts. Each attempt at Divar needs a
/// place of its own. `now` and deadlines are in microseconds of a monotonic clock.
package struct QuotaMirror: Sendable {
    /// An app is warned about when so much of its day is used, and again only after it was below the lower mark.
    private static let warningPercent = 80
    private static let rearmingPercent = 70

    private var settings: [AppName: QuotaSettings]
    private var apps: [AppName: AppQuota] = [:]
    /// Where the calls are that wait.
    private var waiting: [QuotaTicket: AppName] = [:]
    private var appsWithWaiting: Set<AppName> = []
    private var nextTidying = Int64.min

    /// Apps without settings have no limits, but are counted.
    package init(settings: [AppName: QuotaSettings]) {
        self.settings = settings
        for (app, settings) in settings { apps[app] = AppQuota(settings: settings) }
    }

    // MARK: Calls

    /// A call asks for a place for one attempt.
    ///
    /// It waits only where it will probably get one in time. After `go`, now or by notice, `ended` has to be told.
    package mutating func ask(
        _ ticket: QuotaTicket, app: AppName, caller: CallerName, deadline: Int64, now: Int64
    ) -> QuotaDecision {
        // It waits already, and will be told once.
        if waiting[ticket] != nil { return .wait }
        tidy(now: now)
        let decision = quota(app) { $0.ask(ticket, caller: caller, deadline: deadline, now: now) }
        if decision == .wait {
            waiting[ticket] = app
            appsWithWaiting.insert(app)
        }
        return decision
    }

    /// An attempt that had a place is over.
    ///
    /// - Parameter spent: false only where it is certain that Divar has not counted it and will not: its place is free
    ///   at once.
    package mutating func ended(app: AppName, caller: CallerName, spent: Bool, now: Int64) -> [QuotaNotice] {
        tidy(now: now)
        return settle(app) { quota in
            let now = quota.advance(to: now)
            quota.ended(caller, isSpent: spent, now: now)
            return spent && quota.nextService > now ? [] : quota.serve(now: now)
        }
    }

    /// Divar answered 429 to an attempt; its `ended` comes after this, so that it isn't taken for a success.
    ///
    /// - Parameter window: nil where the answer doesn't say which.
    package mutating func limited(
        app: AppName, window: QuotaWindow?, retryAfterSeconds: Int?, now: Int64
    ) -> [QuotaNotice] {
        settle(app) { quota in
            let now = quota.advance(to: now)
            return quota.limited(window, retryAfterSeconds: retryAfterSeconds, now: now)
        }
    }

    /// A call doesn't wait any more: its deadline passed, or its caller went away.
    ///
    /// - Returns: false where it didn't wait: its notice is on its way, and if that says `go` its place has to be given
    ///   back by `ended`.
    package mutating func abandon(_ ticket: QuotaTicket) -> Bool {
        guard let app = waiting.removeValue(forKey: ticket) else { return false }
        let isAbandoned = quota(app) { $0.abandon(ticket) }
        noteWaiting(app)
        return isAbandoned
    }

    /// Time has passed: decides what can be decided of those who wait.
    package mutating func advance(now: Int64) -> [QuotaNotice] {
        tidy(now: now)
        return QuotaMirror.inOrder(appsWithWaiting).flatMap { app in
            settle(app) { quota in
                let now = quota.advance(to: now)
                return (quota.nextEvent ?? .max) <= now ? quota.serve(now: now) : []
            }
        }
    }

    /// When `advance` is to be called next; nil while nobody waits.
    package var nextEvent: Int64? { appsWithWaiting.compactMap { apps[$0]?.nextEvent }.min() }

    // MARK: Settings and restart

    /// Takes new settings and keeps the counts. Who waits, waits as long as it was meant to.
    package mutating func reconfigure(_ settings: [AppName: QuotaSettings], now: Int64) -> [QuotaNotice] {
        self.settings = settings
        return QuotaMirror.inOrder(Set(settings.keys).union(apps.keys)).flatMap { app in
            settle(app) { quota in
                let now = quota.advance(to: now)
                quota.configure(settings[app] ?? QuotaSettings())
                return quota.serve(now: now)
            }
        }
    }

    /// Puts uses back in that the journal remembers.
    ///
    /// - Parameter endedAgo: microseconds; what ended in the future ended now, and what is over is passed over.
    package mutating func restore(app: AppName, caller: CallerName, endedAgo: Int64, count: Int, now: Int64) {
        let age = min(max(endedAgo, 0), QuotaMirror.oldestUse)
        quota(app) { quota in
            let now = quota.advance(to: now)
            quota.restore(caller, at: now - age, count: count)
        }
    }

    /// Older than this nothing counts any more.
    private static let oldestUse = 2 * QuotaWindow.day.length

    // MARK: What is known

    /// What a caller may still use of an app, should it take all it can: the minute before the day, and nothing
    /// of a window that has no limit.
    package func status(of app: AppName, caller: CallerName, now: Int64) -> [RateLimit] {
        apps[app]?.status(of: caller, now: now) ?? []
    }

    /// Whether an app's calls are held back after Divar's word.
    package func isPaused(_ app: AppName, now: Int64) -> Bool { apps[app]?.isShut(at: now) ?? false }

    package func usage(of app: AppName, now: Int64) -> QuotaUsage {
        guard var quota = apps[app] else {
            return QuotaUsage(perMinute: settings[app]?.perMinute, usedToday: 0, perDay: settings[app]?.perDay)
        }
        _ = quota.advance(to: now)
        return QuotaUsage(
            usedThisMinute: quota.used(.minute), perMinute: quota.minute.limit, usedToday: quota.used(.day),
            perDay: quota.day.limit)
    }

    /// The apps that have used most of their day since they were last asked about, by name.
    package mutating func takeDayWarning(now: Int64) -> [AppName] {
        var warned: [AppName] = []
        for app in Array(apps.keys) {
            let isNew = quota(app) { quota in
                _ = quota.advance(to: now)
                guard let limit = quota.day.limit, limit > 0 else { return false }
                let percent = quota.used(.day) * 100
                if percent < limit * QuotaMirror.rearmingPercent { quota.hasWarned = false }
                guard !quota.hasWarned, percent >= limit * QuotaMirror.warningPercent else { return false }
                quota.hasWarned = true
                return true
            }
            if isNew { warned.append(app) }
        }
        return QuotaMirror.inOrder(warned)
    }

    // MARK: Apps

    /// By name: a set's own order is another in each process, and what is replayed has to come out the same.
    private static func inOrder(_ apps: some Collection<AppName>) -> [AppName] {
        apps.count > 1 ? apps.sorted { $0.text < $1.text } : Array(apps)
    }

    private mutating func quota<Answer>(_ app: AppName, _ body: (inout AppQuota) -> Answer) -> Answer {
        body(&apps[app, default: AppQuota(settings: settings[app] ?? QuotaSettings())])
    }

    /// What was decided is not waited for any more.
    private mutating func settle(_ app: AppName, _ body: (inout AppQuota) -> [QuotaNotice]) -> [QuotaNotice] {
        let notices = quota(app, body)
        guard !notices.isEmpty else { return [] }
        for notice in notices { waiting[notice.ticket] = nil }
        noteWaiting(app)
        return notices
    }

    private mutating func noteWaiting(_ app: AppName) {
        if apps[app]?.calls.isEmpty ?? true { appsWithWaiting.remove(app) }
    }

    /// Forgets apps that have no settings and nothing to remember.
    private mutating func tidy(now: Int64) {
        guard now >= nextTidying else { return }
        nextTidying = now + AppQuota.tidyInterval
        for app in Array(apps.keys) where settings[app] == nil {
            let isIdle = quota(app) { quota in
                _ = quota.advance(to: now)
                return quota.isIdle
            }
            if isIdle { apps[app] = nil }
        }
    }
}
