internal import Messaging

/// What follows from the end of a fetch.
extension ConversationCache {
    package mutating func end(_ fetch: FetchID, with end: FetchEnd, times: AnswerTimes) -> Settlement {
        guard let fill = fills[fetch] else { return Settlement() }
        if end.isAnswer { supersede(before: fill) }
        switch end {
        case .conversation(let body, let entityTag, let fields):
            let content = CachedContent.conversation(body: body, entityTag: entityTag)
            return settle(fill, with: content, fields: fields, status: 200, times: times)
        case .notModified(let fields):
            guard let old = fill.revalidated, fields.validators.mayConcern(old.fields.validators) else {
                return repeatWhole(fill, now: times.received)
            }
            return settle(fill, with: old.content, fields: old.fields.updated(by: fields), status: 304, times: times)
        case .notFound(let problem, let fields):
            return settle(fill, withoutConversation: problem, fields: fields, times: times)
        case .unkept(let body, let entityTag, let divarStatus):
            if !fill.isFenced { forgetEntry(under: fill.key) }
            return settle(fill, now: times.received) { status in
                var status = status
                status.forwardStatus = divarStatus
                let content = CachedContent.conversation(body: body, entityTag: entityTag)
                return .answer(CachedAnswer(content: content, age: nil, status: status))
            }
        case .refused(let problem):
            drop(fill.key.partition.token)
            return settle(fill, with: problem, now: times.received)
        case .rejected(let problem):
            return settle(fill, with: problem, now: times.received)
        case .failed(let problem):
            return fail(fill, with: problem, now: times.received)
        }
    }

    private mutating func settle(
        _ fill: Fill,
        with content: CachedContent,
        fields: ResponseFields,
        status: Int,
        times: AnswerTimes
    ) -> Settlement {
        let freshness = Freshness(of: fields, times: times, ttl: settings.ttl)
        let entry = CacheEntry(
            content: content, fields: fields, freshness: freshness, received: times.received, fetch: fill.id
        )
        let isKept = keep(entry, of: fill, now: times.received)
        let ttl = Int((Double(entry.remaining(at: times.received)) / 1_000_000).rounded(.down))
        // Divar may have had it in a cache of its own.
        let age = (fields.age ?? 0) > 0 ? Int(freshness.initialAge / 1_000_000) : nil
        return settle(fill, now: times.received) { cacheStatus in
            var cacheStatus = cacheStatus
            cacheStatus.forwardStatus = status
            cacheStatus.isStored = isKept
            if isKept { cacheStatus.ttl = ttl }
            let shownAge = cacheStatus.isCollapsed ? Int(freshness.initialAge / 1_000_000) : age
            return .answer(CachedAnswer(content: content, age: shownAge, status: cacheStatus))
        }
    }

    /// An absence is kept for no longer than the operator says, and no longer than Divar does.
    private mutating func settle(
        _ fill: Fill,
        withoutConversation problem: Problem,
        fields: ResponseFields,
        times: AnswerTimes
    ) -> Settlement {
        var fields = fields
        fields.validators = Validators()
        let said = Freshness(of: fields, times: times, ttl: settings.ttl)
        let isSaid = fields.cacheControl?.maxAge != nil || fields.expires != nil
        let allowed = isSaid ? said.lifetime - said.initialAge : settings.ttl > 0 ? settings.negativeTTL : 0
        let entry = CacheEntry(
            content: .notFound(problem), fields: fields,
            freshness: Freshness(initialAge: 0, lifetime: max(0, min(allowed, settings.negativeTTL))),
            received: times.received, fetch: fill.id
        )
        let isKept = keep(entry, of: fill, now: times.received)
        return settle(fill, now: times.received) { status in
            var status = status
            status.forwardStatus = problem.divar?.status
            status.isStored = isKept
            return .problem(problem, status)
        }
    }

    private mutating func settle(_ fill: Fill, with problem: Problem, now: Int64) -> Settlement {
        settle(fill, now: now) { status in
            var status = status
            status.forwardStatus = problem.divar?.status
            return .problem(problem, status)
        }
    }

    /// A stale answer for those who take one. Of the others the next in line tries once more, so that no herd fails for
    /// one call's bad luck, and none waits for more than two.
    private mutating func fail(_ fill: Fill, with problem: Problem, now: Int64) -> Settlement {
        var settlement = Settlement()
        var others = fill.waiting
        if let entry = standIn(for: fill, now: now) {
            let status = problem.divar?.status
            for waiting in others where waiting.read.takesStale {
                settlement.notices.append((waiting.read.waiter, stale(entry, to: waiting, of: fill, status, now: now)))
            }
            others.removeAll { $0.read.takesStale }
        }
        if !fill.isBackground, let first = others.first, first.read.waiter == fill.waiting.first?.read.waiter {
            settlement.notices.append((first.read.waiter, failure(problem, for: first, of: fill)))
            others.removeFirst()
        }
        guard !fill.isRepeated, !others.isEmpty else {
            for waiting in others {
                settlement.notices.append((waiting.read.waiter, failure(problem, for: waiting, of: fill)))
            }
            close(fill)
            return settlement
        }
        others[0].isCollapsed = false
        var repeated = fill
        (repeated.isRepeated, repeated.isBackground) = (true, false)
        (repeated.waiting, repeated.begun) = (others, now)
        fills[fill.id] = repeated
        settlement.notices.append((others[0].read.waiter, .fetch(repeated.fetch)))
        return settlement
    }

    /// Section 4.3.4: a 304 about something else, or about what a refused token brought. What is kept may be anything
    /// by now, and the whole is asked for once.
    private mutating func repeatWhole(_ fill: Fill, now: Int64) -> Settlement {
        if !fill.isFenced { forgetEntry(under: fill.key) }
        var whole = fill
        (whole.isConditional, whole.revalidated) = (false, nil)
        guard fill.isConditional, !fill.isRepeated, let first = fill.waiting.first else {
            let problem = Problem(
                .divarUnintelligible, detail: "Divar says that something unknown has not changed."
            )
            return fail(whole, with: problem, now: now)
        }
        (whole.isRepeated, whole.isBackground, whole.begun) = (true, false, now)
        fills[fill.id] = whole
        return Settlement(notices: [(first.read.waiter, .fetch(whole.fetch))])
    }

    private func failure(_ problem: Problem, for waiting: Fill.Waiting, of fill: Fill) -> Settlement.Notice {
        var status = CacheStatus.forwarded(fill.reason, status: problem.divar?.status)
        status.isCollapsed = waiting.isCollapsed
        return .problem(problem, status)
    }

    private func stale(
        _ entry: CacheEntry,
        to waiting: Fill.Waiting,
        of fill: Fill,
        _ forwardStatus: Int?,
        now: Int64
    ) -> Settlement.Notice {
        var status = CacheStatus.forwarded(fill.reason, status: forwardStatus)
        status.isCollapsed = waiting.isCollapsed
        status.ttl = Int((Double(entry.remaining(at: now)) / 1_000_000).rounded(.down))
        status.detail = .staleIfError
        let age = Int(entry.age(at: now) / 1_000_000)
        return .answer(CachedAnswer(content: entry.content, age: age, status: status))
    }

    private mutating func settle(
        _ fill: Fill,
        now: Int64,
        notice: (CacheStatus) -> Settlement.Notice
    ) -> Settlement {
        let notices = fill.waiting.map { waiting in
            var status = CacheStatus.forwarded(fill.reason)
            status.isCollapsed = waiting.isCollapsed
            return (waiter: waiting.read.waiter, notice: notice(status))
        }
        close(fill)
        return Settlement(notices: notices)
    }

    private mutating func close(_ fill: Fill) {
        fills[fill.id] = nil
        if joinable[fill.key] == fill.id { joinable[fill.key] = nil }
        conversations[fill.key.conversation]?.fills.remove(fill.id)
        tidy(fill.key.conversation)
    }
}
