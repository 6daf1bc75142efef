internal import Messaging

/// One user in `UserTokens`.
struct UserTokenEntry: Sendable {
    /// What a service or an event asked for, in the order in which it came.
    enum Command: Sendable {
        case keep(UserGrant, request: UInt64)
        case remove(UserTokenEvent, request: UInt64)
    }

    /// What is on its way to the disk.
    enum Writing: Sendable {
        case command
        /// That a refresh is about to be asked for.
        case mark
        /// New tokens, before they are used.
        case renewal
        /// What memory holds and the disk doesn't.
        case repair(UserGrant?)
    }

    /// What is used; nil where tokens are not there yet, or not any more.
    var grant: UserGrant?
    /// New tokens on their way to the disk.
    var renewal: UserGrant?
    var commands: [Command] = []
    var writing: (ticket: UInt64, what: Writing)?
    /// The ticket of the refresh under way.
    var refreshing: UInt64?

    /// Whether the disk may hold something else than memory, and what happened meanwhile.
    var needsRepair = false
    var unsavedEvent: UserTokenEvent?
    var saveFailures = 0
    var nextSave: Int64 = 0

    /// When the tokens are to be renewed where somebody uses them.
    var refreshAt: Int64 = 0
    var isUsed = true
    var failures = 0
    var nextRefresh: Int64 = 0
    /// Since when Divar may have renewed the tokens without the new ones being here.
    var doubtSince: Int64?
    var waiters: [UserTokenWaiter] = []

    var isEmpty: Bool {
        grant == nil && renewal == nil && commands.isEmpty && writing == nil && !needsRepair && waiters.isEmpty
    }

    /// Whether something of the user is kept, or about to be.
    var holdsTokens: Bool {
        if grant != nil || renewal != nil { return true }
        if case .keep = commands.last { return true }
        return false
    }

    /// Divar's ids of the user, in what is kept and in what is about to be.
    func isOf(_ divarUser: UserID) -> Bool {
        if grant?.divarUser == divarUser { return true }
        return commands.contains { command in
            if case .keep(let grant, _) = command { grant.divarUser == divarUser } else { false }
        }
    }

    // MARK: Rules

    /// What a call may use now: the old tokens too, while new ones are on their way to the disk.
    func usableGrant(at now: Int64) -> UserGrant? {
        guard let grant, grant.isUsable(at: now) else { return nil }
        if let renewal, now >= renewal.since + UserTokenSettings.grace { return nil }
        return grant
    }

    /// A pause is over, also where the clock was set back.
    static func isOver(_ end: Int64, now: Int64, longest: Int64) -> Bool {
        now >= end || end - now > longest
    }

    func isPausing(at now: Int64) -> Bool {
        !UserTokenEntry.isOver(nextRefresh, now: now, longest: UserTokenSettings.longestPause)
    }

    /// When a refresh is to be begun; nil where none can be.
    func refreshDue(keepAlive: Int64) -> Int64? {
        guard let grant, grant.refreshToken != nil, renewal == nil, commands.isEmpty, refreshing == nil else {
            return nil
        }
        if case .mark = writing?.what { return nil }
        if !waiters.isEmpty || doubtSince != nil { return nextRefresh }
        let due = isUsed ? refreshAt : max(grant.expires, grant.since + keepAlive)
        return max(due, nextRefresh)
    }

    /// When something is to be written; nil where nothing is.
    var writeDue: Int64? {
        guard writing == nil else { return nil }
        if !commands.isEmpty || renewal != nil { return 0 }
        return needsRepair ? nextSave : nil
    }

    mutating func begin(_ grant: UserGrant, margin: Int64, jitter: Double) {
        self.grant = grant
        (renewal, failures, nextRefresh, doubtSince) = (nil, 0, 0, nil)
        let margin = min(margin, grant.lifetime / 3)
        refreshAt = grant.expires - margin - Int64(Double(margin / 2) * jitter)
    }
}
