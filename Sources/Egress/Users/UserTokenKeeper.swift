private import ConversationCache
internal import Custody
internal import HTTPWire
internal import Journal
internal import Logging
internal import Messaging
internal import NIOCore

/// Renews users' tokens and has them on disk: performs what `UserTokens` decides. Confined to one event loop.
final class UserTokenKeeper {
    /// Somebody's request, and what the trail says of who made it.
    private struct Request {
        let record: RecordDraft
        let completion: (Bool) -> Void
    }

    /// After a clock that jumped nobody waits longer than this.
    private static let longestSleep: Int64 = 30_000_000

    private let shared: SharedUserTokens
    private let pool: UpstreamPool
    private let journal: LoopJournal
    private let cache: SharedConversationCache
    private let eventLoop: any EventLoop
    private let logger: Logger
    private var requests: [UInt64: Request] = [:]
    private var lastRequest: UInt64 = 0
    private var timer: Scheduled<Void>?
    /// Refreshes and writes.
    private var underWay = 0
    private var whenIdle: (() -> Void)?
    private var isStopping = false

    init(
        shared: SharedUserTokens,
        pool: UpstreamPool,
        journal: LoopJournal,
        cache: SharedConversationCache,
        eventLoop: any EventLoop,
        logger: Logger
    ) {
        (self.shared, self.pool, self.journal, self.cache) = (shared, pool, journal, cache)
        (self.eventLoop, self.logger) = (eventLoop, logger)
    }

    func start() {
        if shared.unreadable > 0 {
            logger.error("users' tokens can not be opened", metadata: ["count": "\(shared.unreadable)"])
        }
        pump()
    }

    func stop(within drain: TimeAmount, stopped: @escaping () -> Void) {
        isStopping = true
        timer?.cancel()
        guard underWay > 0 else { return stopped() }
        whenIdle = stopped
        _ = eventLoop.assumeIsolated().scheduleTask(in: drain) { self.becameIdle() }
    }

    private func becameIdle() {
        let stopped = whenIdle
        whenIdle = nil
        stopped?()
    }

    // MARK: Requests

    func keep(
        _ tokens: NewUserTokens,
        of user: AppUser,
        for call: CallContext,
        completion: @escaping (Problem?) -> Void
    ) {
        let now = SharedUserTokens.now
        let request = add(RecordDraft(userTokensFor: call)) { completion($0 ? nil : UserTokenKeeper.notWritten) }
        let steps = shared.use { $0.keep(UserGrant(tokens, now: now), of: user, request: request, now: now) }
        guard let steps else {
            requests[request] = nil
            return completion(
                Problem(.overloaded, detail: "As many users' tokens are kept as may.", retryAfterSeconds: 60))
        }
        perform(steps)
    }

    func remove(_ user: AppUser, for call: CallContext, completion: @escaping (Problem?) -> Void) {
        let request = add(RecordDraft(userTokensFor: call)) { completion($0 ? nil : UserTokenKeeper.notWritten) }
        let steps = shared.use { $0.remove(user, request: request, now: SharedUserTokens.now) }
        guard let steps else {
            requests[request] = nil
            return completion(UserTokenDesk.unknown)
        }
        perform(steps)
    }

    /// Removes what is kept of one of Divar's users.
    func revoke(_ divarUser: UserID, completion: @escaping (Problem?) -> Void) {
        var (left, isOnDisk) = (0, true)
        let (requests, steps) = shared.use { tokens in
            tokens.revoke(
                divarUser,
                request: {
                    self.add(RecordDraft(.userTokens)) { written in
                        isOnDisk = isOnDisk && written
                        left -= 1
                        if left == 0 { completion(isOnDisk ? nil : UserTokenKeeper.notWritten) }
                    }
                }, now: SharedUserTokens.now)
        }
        left = requests.count
        guard left > 0 else { return completion(nil) }
        perform(steps)
    }

    private func add(_ record: RecordDraft, completion: @escaping (Bool) -> Void) -> UInt64 {
        lastRequest += 1
        requests[lastRequest] = Request(record: record, completion: completion)
        return lastRequest
    }

    private static let notWritten = Problem(
        .journalUnavailable, detail: "The users' tokens can not be written.", retryAfterSeconds: 1)

    // MARK: Steps

    private func pump() {
        perform(shared.use { $0.advance(now: SharedUserTokens.now) })
    }

    func perform(_ steps: [UserTokenStep]) {
        for step in steps {
            switch step {
            case .refresh(let ticket, let user, let token): refresh(ticket, user, token)
            case .write(let ticket, let user, let change, let event, let request):
                write(ticket, user, change, event: event, request: request)
            case .finish(let request, let isOnDisk):
                requests.removeValue(forKey: request)?.completion(isOnDisk)
            case .tell(let waiters, let answer): shared.tell(waiters, answer)
            case .forget(let token): cache.use { $0.drop(TokenDigest(of: token)) }
            case .report(let user, let news): log(news, of: user)
            }
        }
        schedule()
    }

    private func schedule() {
        timer?.cancel()
        guard !isStopping else { return }
        let now = SharedUserTokens.now
        let next = shared.use { $0.nextEvent }
        let delay = min(max(next - min(next, now), 1000), UserTokenKeeper.longestSleep)
        timer = eventLoop.assumeIsolated().scheduleTask(in: .microseconds(delay)) { self.pump() }
    }

    private func ended(_ steps: [UserTokenStep]) {
        perform(steps)
        underWay -= 1
        if underWay == 0 { becameIdle() }
    }

    private func refresh(_ ticket: UInt64, _ user: AppUser, _ token: RefreshToken) {
        underWay += 1
        let end = { (result: (end: RefreshEnd, detail: String)) in
            if result.detail != "granted" {
                self.logger.warning(
                    "a user's token was not renewed",
                    metadata: ["app": "\(user.app)", "user": "\(user.name)", "detail": "\(result.detail)"])
            }
            self.ended(
                self.shared.use {
                    $0.refreshEnded(
                        ticket, of: user, with: result.end, now: SharedUserTokens.now, jitter: .random(in: 0..<1))
                })
        }
        guard let request = shared.endpoint.request(renewing: token, of: user.app) else {
            eventLoop.assumeIsolated().execute { end((.failed, "the app has no OAuth client")) }
            return
        }
        pool.execute(request, deadline: .now() + shared.endpoint.deadline) { end(TokenEndpoint.end($0)) }
    }

    private func write(
        _ ticket: UInt64,
        _ user: AppUser,
        _ change: UserTokenChange,
        event: UserTokenEvent?,
        request: UInt64?
    ) {
        underWay += 1
        let end = { (isOnDisk: Bool) in
            self.ended(
                self.shared.use {
                    $0.written(
                        ticket, of: user, isOnDisk: isOnDisk, now: SharedUserTokens.now, jitter: .random(in: 0..<1))
                })
        }
        let record = event.map { event in
            var record = request.flatMap { requests[$0]?.record } ?? RecordDraft(.userTokens)
            (record.app, record.tokenUser, record.reason) = (user.app, user.name.text, event.rawValue)
            return record
        }
        let isTaken: Bool
        if let stored = try? stored(change, of: user) {
            let submission = UserTokensSubmission(stored, record: record, isNew: event == .stored)
            isTaken = journal.submit(.userTokens(submission)) { result in
                if case .committed = result { end(true) } else { end(false) }
            }
        } else {
            isTaken = false
        }
        if !isTaken { eventLoop.assumeIsolated().execute { end(false) } }
    }

    private func stored(_ change: UserTokenChange, of user: AppUser) throws -> StoredTokensChange {
        switch change {
        case .keep(let grant): .keep(try shared.sealer.seal(grant.bytes, of: user))
        case .remove: .remove(user)
        }
    }

    private func log(_ news: UserTokenNews, of user: AppUser) {
        let metadata: Logger.Metadata = ["app": "\(user.app)", "user": "\(user.name)"]
        switch news {
        case .refreshed: logger.info("a user's tokens were renewed", metadata: metadata)
        case .refused: logger.warning("Divar refused to renew a user's tokens: consent is needed", metadata: metadata)
        case .refreshFailed: break
        case .unsaved: logger.error("a user's tokens are in memory only", metadata: metadata)
        case .saved: logger.notice("a user's tokens are on disk again", metadata: metadata)
        }
    }
}
