package import Messaging

/// The tokens of users: who may use which now, when they are renewed, and in which order disk and memory change.
///
/// New tokens are on disk before they are used, and the old ones are forgotten after that. Where the disk doesn't take
/// them they are used all the same, for Divar has made the old ones void, and the disk is tried again until it does.
/// That a refresh is about to be asked for is on disk before, so that a start after a crash asks again while the old
/// tokens still work. Of one user there is never more than one refresh under way and never more than one write.
///
/// A value without a clock: `now` is microseconds since 1970, for tokens end by the calendar; `jitter` is in 0..<1.
package struct UserTokens: Sendable {
    let settings: UserTokenSettings
    var users: [AppUser: UserTokenEntry] = [:]
    var lastTicket: UInt64 = 0
    /// Refreshes under way, and those about to be.
    var underWay = 0
    /// Users whose calls wait until another refresh ends.
    var waitingForTurn: [AppUser] = []
    /// No user's time comes before this.
    var nextDue = Int64.max

    package init(settings: UserTokenSettings) {
        self.settings = settings
    }

    // MARK: What is kept

    /// Takes in what was on disk at the start.
    ///
    /// - Parameter isSealedAnew: whether it is to be written again, under the newest master key.
    package mutating func load(
        _ grant: UserGrant,
        of user: AppUser,
        isSealedAnew: Bool,
        now: Int64,
        jitter: Double
    ) {
        var entry = UserTokenEntry()
        entry.begin(grant, margin: settings.margin, jitter: jitter)
        entry.needsRepair = isSealedAnew
        if grant.isInDoubt {
            entry.refreshAt = now
            entry.doubtSince = now
        }
        users[user] = entry
        note(entry, now: now)
    }

    package func report(on user: AppUser) -> UserTokensReport? {
        guard let entry = users[user], let grant = entry.grant else { return nil }
        return UserTokensReport(
            name: user.name, expires: grant.expires, isRefreshable: grant.refreshToken != nil,
            refreshedAt: grant.refreshedAt, scope: grant.scope
        )
    }

    /// How many users' tokens are kept, how many of them only in memory, and how many can't be renewed any more.
    package func count(now: Int64) -> (kept: Int, unsaved: Int, ended: Int) {
        users.values.reduce(into: (0, 0, 0)) { count, entry in
            guard let grant = entry.grant else { return }
            count.0 += 1
            if entry.needsRepair { count.1 += 1 }
            if grant.refreshToken == nil, !grant.isUsable(at: now) { count.2 += 1 }
        }
    }

    /// When `advance` has to be called next.
    package var nextEvent: Int64 { nextDue }

    // MARK: Calls

    /// A call wants the user's token.
    package mutating func lookUp(
        _ user: AppUser,
        for waiter: UserTokenWaiter,
        now: Int64
    ) -> (UserTokenLookup, [UserTokenStep]) {
        guard var entry = users[user], entry.grant != nil else { return (.answered(.unknownUser), []) }
        if let grant = entry.usableGrant(at: now) {
            let wasUsed = entry.isUsed
            entry.isUsed = true
            users[user] = entry
            // The usual case costs a look-up and nothing else.
            let isDue = !wasUsed || entry.refreshDue(keepAlive: settings.keepAlive).map { $0 <= now } ?? false
            let steps = isDue ? drive(user, now: now) : []
            return (.answered(.token(grant.accessToken, expires: grant.expires)), steps)
        }
        entry.isUsed = true
        if entry.renewal == nil {
            guard entry.grant?.refreshToken != nil else {
                users[user] = entry
                return (.answered(.consentRequired), [])
            }
            if entry.refreshing == nil, entry.failures > 1, entry.isPausing(at: now) {
                users[user] = entry
                return (.answered(UserTokens.unavailable(entry, now: now)), [])
            }
        }
        entry.waiters.append(waiter)
        users[user] = entry
        return (.waits, drive(user, now: now))
    }

    /// A call doesn't wait any more.
    ///
    /// - Returns: whether it still did; otherwise its answer is on its way.
    package mutating func abandon(_ waiter: UserTokenWaiter, of user: AppUser) -> Bool {
        guard let index = users[user]?.waiters.firstIndex(of: waiter) else { return false }
        users[user]?.waiters.remove(at: index)
        return true
    }

    // MARK: Requests

    /// A service brings tokens. They are used once they are on disk.
    ///
    /// - Returns: nil where there are as many users as may be.
    package mutating func keep(
        _ grant: UserGrant,
        of user: AppUser,
        request: UInt64,
        now: Int64
    ) -> [UserTokenStep]? {
        guard users[user] != nil || users.count < settings.maximumUsers else { return nil }
        users[user, default: UserTokenEntry()].commands.append(.keep(grant, request: request))
        return drive(user, now: now)
    }

    /// A service removes tokens. They are not used from here on, and gone for good once the request is finished.
    ///
    /// - Returns: nil where there are none.
    package mutating func remove(_ user: AppUser, request: UInt64, now: Int64) -> [UserTokenStep]? {
        guard users[user]?.holdsTokens == true else { return nil }
        return remove(user, event: .deleted, request: request, now: now)
    }

    /// Divar says that a user withdrew the access: of every app, for the event doesn't say of which.
    ///
    /// - Parameter request: gives the number of one request for each removal.
    /// - Returns: the requests and what is to be done.
    package mutating func revoke(
        _ divarUser: UserID,
        request: () -> UInt64,
        now: Int64
    ) -> (requests: [UInt64], steps: [UserTokenStep]) {
        let revoked = users.filter { $0.value.isOf(divarUser) }.keys
            .sorted { ($0.app.text, $0.name.text) < ($1.app.text, $1.name.text) }
        var (requests, steps): ([UInt64], [UserTokenStep]) = ([], [])
        for user in revoked {
            let number = request()
            requests.append(number)
            steps += remove(user, event: .revoked, request: number, now: now)
        }
        return (requests, steps)
    }

    private mutating func remove(
        _ user: AppUser,
        event: UserTokenEvent,
        request: UInt64,
        now: Int64
    ) -> [UserTokenStep] {
        guard var entry = users[user] else { return [] }
        var steps = UserTokens.forget(entry)
        endRefresh(&entry)
        (entry.grant, entry.renewal, entry.unsavedEvent) = (nil, nil, nil)
        entry.commands.append(.remove(event, request: request))
        steps += UserTokens.tell(&entry, .unknownUser)
        users[user] = entry
        return steps + drive(user, now: now)
    }

    // MARK: Ends

    /// How a refresh ended. What has been removed or replaced meanwhile stays so.
    package mutating func refreshEnded(
        _ ticket: UInt64,
        of user: AppUser,
        with end: RefreshEnd,
        now: Int64,
        jitter: Double
    ) -> [UserTokenStep] {
        guard var entry = users[user], entry.refreshing == ticket, let grant = entry.grant else { return [] }
        endRefresh(&entry)
        var steps: [UserTokenStep] = []
        switch end {
        case .granted(let pair):
            entry.renewal = grant.renewed(with: pair, now: now)
        case .refused:
            entry.grant?.refreshToken = nil
            entry.grant?.isInDoubt = false
            (entry.needsRepair, entry.unsavedEvent, entry.nextSave) = (true, .refused, now)
            entry.doubtSince = nil
            steps.append(.report(user, .refused))
            steps += UserTokens.tell(&entry, .consentRequired)
        case .failed, .lost:
            entry.failures += 1
            if end == .lost, entry.doubtSince == nil { entry.doubtSince = now }
            if let since = entry.doubtSince, now - since > UserTokenSettings.doubt, end == .failed {
                entry.doubtSince = nil
            }
            entry.nextRefresh =
                now
                + UserTokenSettings.pause(
                    failures: entry.failures,
                    isInDoubt: entry.doubtSince.map { now - $0 < UserTokenSettings.doubt } ?? false, jitter: jitter)
            steps.append(.report(user, .refreshFailed(failures: entry.failures)))
            // The first failure is tried again at once, and calls wait for that.
            if entry.failures > 1 { steps += UserTokens.tell(&entry, UserTokens.unavailable(entry, now: now)) }
        }
        users[user] = entry
        return steps + drive(user, now: now) + takeTurns(now: now)
    }

    /// How a write ended. Where it failed, it may be on disk all the same.
    package mutating func written(
        _ ticket: UInt64,
        of user: AppUser,
        isOnDisk: Bool,
        now: Int64,
        jitter: Double
    ) -> [UserTokenStep] {
        guard var entry = users[user], let writing = entry.writing, writing.ticket == ticket else { return [] }
        entry.writing = nil
        if isOnDisk {
            entry.saveFailures = 0
        } else {
            entry.saveFailures += 1
            entry.nextSave = now + UserTokenSettings.savePause(failures: entry.saveFailures)
        }
        var steps: [UserTokenStep] = []
        switch writing.what {
        case .command: steps = commandEnded(&entry, isOnDisk: isOnDisk, now: now, jitter: jitter)
        case .mark: steps = marked(user, &entry, isOnDisk: isOnDisk, now: now, jitter: jitter)
        case .renewal: steps = renewalEnded(user, &entry, isOnDisk: isOnDisk, now: now, jitter: jitter)
        case .repair(let written):
            // What has changed since is written again.
            guard isOnDisk, entry.grant == written else { break }
            (entry.needsRepair, entry.unsavedEvent) = (false, nil)
            if written != nil { steps.append(.report(user, .saved)) }
        }
        users[user] = entry
        return steps + drive(user, now: now) + takeTurns(now: now)
    }

    /// Time passes.
    package mutating func advance(now: Int64) -> [UserTokenStep] {
        guard now >= nextDue || nextDue - now > UserTokens.longestSleep else { return [] }
        nextDue = .max
        var steps: [UserTokenStep] = []
        for user in users.keys { steps += drive(user, now: now) }
        return steps
    }

    /// After a clock that was set back nobody waits longer than this.
    private static let longestSleep: Int64 = 60 * 86_400_000_000
}
