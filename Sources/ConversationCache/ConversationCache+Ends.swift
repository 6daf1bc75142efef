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
            if !fill.isFenced { remove(fill.key) }
            let content = CachedContent.conversation(body: body, entityTag: entityTag)
            return settle(fill, status: divarStatus) { status in
                .answer(CachedAnswer(content: content, age: nil, status: status))
            }
        case .refused(let problem):
            drop(fill.key.partition.token)
            return settle(fill, with: problem)
        case .rejected(let problem):
            return settle(fill, with: problem)
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
        let ttl = entry.ttlSeconds(at: times.received)
        // Divar may have had it in a cache of its own.
        let age = (fields.age ?? 0) > 0 ? Int(freshness.initialAge / 1_000_000) : nil
        return settle(fill, status: status) { cacheStatus in
            var cacheStatus = cacheStatus
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
        return settle(fill, status: problem.divar?.status) { status in
            var status = status
            status.isStored = isKept
            return .problem(problem, status)
        }
    }

    private mutating func settle(_ fill: Fill, with problem: Problem) -> Settlement {
        settle(fill, status: problem.divar?.status) { .problem(problem, $0) }
    }

    /// A stale answer for those who take one. Of the others the next in line tries once more, so that no herd fails for
    /// one call's bad luck, and none waits for more than two.
    private mutating func fail(_ fill: Fill, with problem: Problem, now: Int64) -> Settlement {
        let divarStatus = problem.divar?.status
        var settlement = Settlement()
        var others = fill.waiting
        if let entry = standIn(for: fill, now: now) {
            for waiting in others where waiting.read.takesStale {
                var status = fill.status(of: waiting, divarStatus: divarStatus)
                (status.ttl, status.detail) = (entry.ttlSeconds(at: now), .staleIfError)
                let answer = CachedAnswer(content: entry.content, age: entry.ageSeconds(at: now), status: status)
                settlement.notices.append((waiting.read.waiter, .answer(answer)))
            }
            others.removeAll { $0.read.takesStale }
        }
        let failing = { (waiting: Fill.Waiting) in
            (
                waiting.read.waiter,
                Settlement.Notice.problem(problem, fill.status(of: waiting, divarStatus: divarStatus))
            )
        }
        if !fill.isBackground, let first = others.first, first.read.waiter == fill.waiting.first?.read.waiter {
            settlement.notices.append(failing(first))
            others.removeFirst()
        }
        guard !fill.isRepeated, !others.isEmpty else {
            settlement.notices += others.map(failing)
            close(fill)
            return settlement
        }
        settlement.notices.append(makeAgain(fill, for: others, now: now))
        return settlement
    }

    /// Section 4.3.4: a 304 about something else, or about what a refused token brought. What is kept may be anything
    /// by now, and the whole is asked for once.
    private mutating func repeatWhole(_ fill: Fill, now: Int64) -> Settlement {
        if !fill.isFenced { remove(fill.key) }
        var whole = fill
        (whole.isConditional, whole.revalidated) = (false, nil)
        guard fill.isConditional, !fill.isRepeated, !fill.waiting.isEmpty else {
            return fail(whole, with: FetchEnd.unasked, now: now)
        }
        return Settlement(notices: [makeAgain(whole, for: fill.waiting, now: now)])
    }

    /// The first of those who wait makes the call once more, and so shares nobody's.
    private mutating func makeAgain(
        _ fill: Fill,
        for waiting: [Fill.Waiting],
        now: Int64
    ) -> (waiter: CacheWaiter, notice: Settlement.Notice) {
        var repeated = fill
        (repeated.isRepeated, repeated.isBackground) = (true, false)
        (repeated.waiting, repeated.begun) = (waiting, now)
        repeated.waiting[0].isCollapsed = false
        fills[fill.id] = repeated
        return (waiting[0].read.waiter, .fetch(repeated.fetch))
    }

    private mutating func settle(
        _ fill: Fill,
        status divarStatus: Int?,
        notice: (CacheStatus) -> Settlement.Notice
    ) -> Settlement {
        let notices = fill.waiting.map { waiting in
            (waiter: waiting.read.waiter, notice: notice(fill.status(of: waiting, divarStatus: divarStatus)))
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
