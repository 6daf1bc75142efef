internal import Messaging

extension UserTokens {
    // MARK: Beginning

    /// Begins what is due for a user.
    mutating func drive(_ user: AppUser, now: Int64) -> [UserTokenStep] {
        guard var entry = users[user] else { return [] }
        if !entry.isPausing(at: now) { entry.nextRefresh = min(entry.nextRefresh, now) }
        var steps: [UserTokenStep] = []
        if let due = entry.writeDue,
            UserTokenEntry.isOver(due, now: now, longest: UserTokenSettings.longestSavePause)
        {
            steps.append(beginWrite(user, &entry))
        }
        if let due = entry.refreshDue(keepAlive: settings.keepAlive), due <= now {
            steps += beginRefresh(user, &entry)
        }
        users[user] = entry.isEmpty ? nil : entry
        note(entry, now: now)
        return steps
    }

    /// Remembers when a user's time comes.
    mutating func note(_ entry: UserTokenEntry, now: Int64) {
        let dues = [entry.writeDue, entry.refreshDue(keepAlive: settings.keepAlive)].compactMap { $0 }
        guard let due = dues.min() else { return }
        // What is due and could not begin waits for an end, which begins it; this is for the case that none comes.
        nextDue = min(nextDue, due <= now ? now + UserTokens.shortPause : due)
    }

    private static let shortPause: Int64 = 200_000

    private mutating func beginWrite(_ user: AppUser, _ entry: inout UserTokenEntry) -> UserTokenStep {
        switch entry.commands.first {
        case .keep(let grant, let request):
            return write(user, &entry, .command, .keep(grant), event: .stored, request: request)
        case .remove(let event, let request):
            return write(user, &entry, .command, .remove, event: event, request: request)
        case nil:
            if let renewal = entry.renewal { return write(user, &entry, .renewal, .keep(renewal), event: .refreshed) }
            let change = entry.grant.map(UserTokenChange.keep) ?? .remove
            return write(user, &entry, .repair(entry.grant), change, event: entry.unsavedEvent)
        }
    }

    private mutating func beginRefresh(_ user: AppUser, _ entry: inout UserTokenEntry) -> [UserTokenStep] {
        guard underWay < settings.concurrency else {
            if !entry.waiters.isEmpty, !waitingForTurn.contains(user) { waitingForTurn.append(user) }
            return []
        }
        guard var grant = entry.grant else { return [] }
        if grant.isInDoubt, !entry.needsRepair {
            underWay += 1
            return [ask(user, &entry)].compactMap { $0 }
        }
        guard entry.writing == nil else { return [] }
        underWay += 1
        grant.isInDoubt = true
        return [write(user, &entry, .mark, .keep(grant), event: entry.unsavedEvent)]
    }

    private mutating func ask(_ user: AppUser, _ entry: inout UserTokenEntry) -> UserTokenStep? {
        guard let refreshToken = entry.grant?.refreshToken else { return nil }
        lastTicket += 1
        entry.refreshing = lastTicket
        return .refresh(ticket: lastTicket, user, refreshToken)
    }

    private mutating func write(
        _ user: AppUser,
        _ entry: inout UserTokenEntry,
        _ what: UserTokenEntry.Writing,
        _ change: UserTokenChange,
        event: UserTokenEvent?,
        request: UInt64? = nil
    ) -> UserTokenStep {
        lastTicket += 1
        entry.writing = (lastTicket, what)
        return .write(ticket: lastTicket, user, change, event: event, request: request)
    }

    // MARK: Ending

    mutating func endRefresh(_ entry: inout UserTokenEntry) {
        guard entry.refreshing != nil else { return }
        entry.refreshing = nil
        underWay -= 1
    }

    /// A refresh is over: those whose calls wait for one come next.
    mutating func takeTurns(now: Int64) -> [UserTokenStep] {
        var steps: [UserTokenStep] = []
        var turns = waitingForTurn.count
        while turns > 0, underWay < settings.concurrency {
            turns -= 1
            steps += drive(waitingForTurn.removeFirst(), now: now)
        }
        return steps
    }

    mutating func commandEnded(
        _ entry: inout UserTokenEntry,
        isOnDisk: Bool,
        now: Int64,
        jitter: Double
    ) -> [UserTokenStep] {
        let command = entry.commands.removeFirst()
        entry.needsRepair = !isOnDisk
        switch command {
        case .remove(let event, let request):
            entry.unsavedEvent = isOnDisk ? nil : event
            return [.finish(request: request, isOnDisk: isOnDisk)]
        case .keep(let grant, let request):
            var steps: [UserTokenStep] = [.finish(request: request, isOnDisk: isOnDisk)]
            guard isOnDisk else { return steps }
            entry.unsavedEvent = nil
            // Removed before they were there.
            let isRemoved = entry.commands.contains { if case .remove = $0 { true } else { false } }
            guard !isRemoved else { return steps }
            steps += UserTokens.forget(entry)
            endRefresh(&entry)
            entry.begin(grant, margin: settings.margin, jitter: jitter)
            entry.isUsed = true
            if grant.isUsable(at: now) {
                steps += UserTokens.tell(&entry, .token(grant.accessToken, expires: grant.expires))
            } else if grant.refreshToken == nil {
                steps += UserTokens.tell(&entry, .consentRequired)
            }
            return steps
        }
    }

    /// Where the mark is not on disk, a crash could lose the tokens that are asked for: so that waits while the old
    /// ones last. Not longer, for without any the user's calls fail; and not where they may be void soon already.
    mutating func marked(
        _ user: AppUser,
        _ entry: inout UserTokenEntry,
        isOnDisk: Bool,
        now: Int64,
        jitter: Double
    ) -> [UserTokenStep] {
        guard let grant = entry.grant, grant.refreshToken != nil, entry.commands.isEmpty else {
            underWay -= 1
            return []
        }
        if isOnDisk {
            entry.grant?.isInDoubt = true
            (entry.needsRepair, entry.unsavedEvent) = (false, nil)
        } else if grant.isUsable(at: now), entry.doubtSince == nil {
            underWay -= 1
            entry.nextRefresh =
                now
                + UserTokenSettings.pause(failures: entry.saveFailures, isInDoubt: true, jitter: jitter)
            return []
        }
        return [ask(user, &entry)].compactMap { $0 }
    }

    mutating func renewalEnded(
        _ user: AppUser,
        _ entry: inout UserTokenEntry,
        isOnDisk: Bool,
        now: Int64,
        jitter: Double
    ) -> [UserTokenStep] {
        // Removed meanwhile, or replaced by what a service brought.
        guard let renewal = entry.renewal else { return [] }
        var steps = UserTokens.forget(entry)
        let wasUnsaved = entry.needsRepair
        entry.begin(renewal, margin: settings.margin, jitter: jitter)
        // Somebody has to use them before they are renewed again.
        entry.isUsed = false
        (entry.needsRepair, entry.unsavedEvent) = (!isOnDisk, isOnDisk ? nil : .refreshed)
        steps.append(.report(user, .refreshed))
        if !isOnDisk {
            steps.append(.report(user, .unsaved))
        } else if wasUnsaved {
            steps.append(.report(user, .saved))
        }
        if !entry.waiters.isEmpty { entry.isUsed = true }
        return steps + UserTokens.tell(&entry, .token(renewal.accessToken, expires: renewal.expires))
    }

    static func tell(_ entry: inout UserTokenEntry, _ answer: UserTokenAnswer) -> [UserTokenStep] {
        guard !entry.waiters.isEmpty else { return [] }
        defer { entry.waiters = [] }
        return [.tell(entry.waiters, answer)]
    }

    static func forget(_ entry: UserTokenEntry) -> [UserTokenStep] {
        entry.grant.map { [.forget($0.accessToken)] } ?? []
    }

    static func unavailable(_ entry: UserTokenEntry, now: Int64) -> UserTokenAnswer {
        .unavailable(retryAfterSeconds: Int(max(1, (entry.nextRefresh - now + 999_999) / 1_000_000)))
    }
}
