import Messaging

/// Whether there is a place for a call, and when there may be one.
extension AppQuota {
    func admits(_ index: Int, now: Int64) -> Bool {
        QuotaWindow.allCases.allSatisfy { admits(index, $0, now: now) }
    }

    private func admits(_ index: Int, _ window: QuotaWindow, now: Int64) -> Bool {
        let state = self.window(window)
        guard !state.block.isShut(at: now) else { return false }
        guard let limit = state.limit else { return true }
        guard used(window) < limit else { return false }
        return fitsAll(window, asker: index, limit: limit) || shares(window, asker: index)?.admits(index) ?? true
    }

    /// Whether all that everybody wants fits the limit, so that nobody has to be protected: the usual case.
    private func fitsAll(_ window: QuotaWindow, asker: Int, limit: Int) -> Bool {
        var wanted = 0
        for index in accounts.indices {
            let claim = accounts[index].claim(window, more: index == asker ? 1 : 0)
            wanted += max(claim.reserve, claim.demand)
        }
        return wanted <= limit
    }

    /// - Parameter asker: who asks for `more`; nil where only those ask who wait.
    func shares(_ window: QuotaWindow, asker: Int?, more: Int = 1) -> FairShares? {
        guard let limit = self.window(window).limit else { return nil }
        let claims = accounts.indices.map { accounts[$0].claim(window, more: $0 == asker ? more : 0) }
        return FairShares(limit: limit, claims: claims)
    }

    func allocation(asker: Int?) -> QuotaAllocation {
        QuotaAllocation(minute: shares(.minute, asker: asker), day: shares(.day, asker: asker))
    }

    /// The same as it would be after all waiting calls that have their turn before a further one of this caller.
    func allocation(behindThoseBefore asker: Int) -> QuotaAllocation {
        var allocation = allocation(asker: asker)
        guard !calls.isEmpty else { return allocation }
        allocation.take(asker, accounts[asker].waiting.count)
        for index in accounts.indices where index != asker && accounts[index].waiting.count > 0 {
            let waiting = accounts[index].waiting.count
            allocation.take(index, allocation.turns(of: index, waiting: waiting, before: asker))
        }
        return allocation
    }

    /// When there will be a place in a window for one more call of a caller, as far as is known: nobody else asks, and
    /// what is under way keeps its places.
    func opening(for index: Int, _ window: QuotaWindow, in shares: FairShares?, now: Int64) -> Int64 {
        let opening = max(now, self.window(window).block.end)
        guard let shares, case let shortfall = shares.shortfall(index), shortfall > 0 else { return opening }
        return max(opening, lapse(of: shortfall, for: index, window, in: shares) ?? now + window.length + window.bucket)
    }

    /// When so many places have lapsed that are then free for a caller: its own, and of the others' what is above
    /// their due, for below that a place that lapses is kept for its owner.
    private func lapse(of count: Int, for index: Int, _ window: QuotaWindow, in shares: FairShares) -> Int64? {
        var left = count
        var kept = accounts.indices.map { other in
            let claim = shares.claims[other]
            return other == index ? claim.used : max(0, claim.used - shares.base(of: other, for: index))
        }
        let ended = self.window(window).ended
        var next = ended.occupied(from: ended.oldest)
        while let number = next {
            for other in accounts.indices where kept[other] > 0 {
                let lapsing = min(kept[other], accounts[other].ended(window).count(in: number))
                kept[other] -= lapsing
                left -= lapsing
            }
            if left <= 0 { return ended.lapse(of: number) }
            next = ended.occupied(from: number + 1)
        }
        return nil
    }

    /// Why a caller's next call has no place, with the window in which that lasts longest.
    func refusal(for index: Int, in allocation: QuotaAllocation, now: Int64) -> (refusal: QuotaRefusal, opening: Int64)
    {
        let minuteEnd = opening(for: index, .minute, in: allocation.minute, now: now)
        let dayEnd = opening(for: index, .day, in: allocation.day, now: now)
        let window: QuotaWindow = dayEnd > minuteEnd || (minute.limit == nil && dayEnd == minuteEnd) ? .day : .minute
        let opening = max(minuteEnd, dayEnd)
        let seconds = max(1, AppQuota.seconds(until: opening, from: now))
        return (QuotaRefusal(window: window, limit: self.window(window).limit, retryAfterSeconds: seconds), opening)
    }

    /// Rounded up.
    static func seconds(until time: Int64, from now: Int64) -> Int { Int((max(0, time - now) + 999_999) / 1_000_000) }

    // MARK: What callers are told

    /// What a caller may still use, should it take all it can.
    func status(of caller: CallerName, now: Int64) -> [RateLimit] {
        guard isLimited else { return [] }
        // A copy, for nothing is to change here; it costs only where a new second has begun.
        var quota = self
        let now = quota.advance(to: now)
        let index = quota.place(of: caller)
        return QuotaWindow.allCases.compactMap { quota.limit($0, of: index, now: now) }
    }

    private func limit(_ window: QuotaWindow, of index: Int, now: Int64) -> RateLimit? {
        guard let limit = self.window(window).limit, let shares = shares(window, asker: index, more: limit)
        else { return nil }
        // Whichever window Divar refused a call for, there is nothing until the pause is over.
        let remaining = isShut(at: now) ? 0 : shares.remaining(index)
        let reset: Int64
        if remaining == 0 {
            let opening = opening(for: index, window, in: shares, now: now)
            reset = max(opening, minute.block.end, day.block.end)
        } else if let lapse = self.window(window).ended.nextLapse {
            reset = lapse
        } else {
            reset = underway > 0 ? now + window.length + window.bucket : now
        }
        return RateLimit(
            name: window.rawValue, limit: limit, windowSeconds: Int(window.length / 1_000_000), remaining: remaining,
            resetSeconds: AppQuota.seconds(until: reset, from: now)
        )
    }
}
