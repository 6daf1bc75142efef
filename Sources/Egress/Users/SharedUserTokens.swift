package import Custody
private import FoundationEssentials
package import Journal
internal import HTTPWire
internal import Logging
internal import Messaging
internal import NIOCore
private import Synchronization

/// The users' tokens that all event loops share. Every use is a short look under a lock, with no I/O in it; one loop
/// renews and writes for all.
package final class SharedUserTokens: Sendable {
    private let tokens: Mutex<UserTokens>
    private let desks = Mutex<[NIOLoopBound<UserTokenDesk>]>([])
    private let host = Mutex<NIOLoopBound<UserTokenKeeper>?>(nil)
    package let endpoint: TokenEndpoint
    let sealer: UserTokenSealer
    /// Rows that no key at hand opens: they stay as they are.
    package let unreadable: Int

    /// - Parameter stored: what was on disk at the start.
    package init(
        settings: UserTokenSettings,
        endpoint: TokenEndpoint,
        sealer: UserTokenSealer,
        stored: [StoredUserTokens]
    ) {
        var tokens = UserTokens(settings: settings)
        var unreadable = 0
        let now = SharedUserTokens.now
        for row in stored {
            guard let grant = sealer.open(row).flatMap(UserGrant.init) else {
                unreadable += 1
                continue
            }
            tokens.load(
                grant, of: row.user, isSealedAnew: row.master != sealer.currentMaster, now: now,
                jitter: .random(in: 0..<1))
        }
        self.tokens = Mutex(tokens)
        (self.endpoint, self.sealer, self.unreadable) = (endpoint, sealer, unreadable)
    }

    /// Tokens end by the calendar.
    static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }

    func use<Result>(_ use: (inout UserTokens) -> Result) -> Result {
        tokens.withLock { tokens in use(&tokens) }
    }

    package func count() -> (kept: Int, unsaved: Int, ended: Int) { use { $0.count(now: SharedUserTokens.now) } }

    /// A loop's desk takes its place; answers for its waiters come to it. The first loop renews and writes for all, by
    /// itself from `begin` on.
    func desk(
        pool: UpstreamPool,
        journal: LoopJournal,
        cache: SharedConversationCache,
        eventLoop: any EventLoop,
        logger: Logger
    ) -> UserTokenDesk {
        host.withLock { host in
            guard host == nil else { return }
            let keeper = UserTokenKeeper(
                shared: self, pool: pool, journal: journal, cache: cache, eventLoop: eventLoop, logger: logger)
            host = NIOLoopBound(keeper, eventLoop: eventLoop)
        }
        return desks.withLock { desks in
            let desk = UserTokenDesk(loop: desks.count, eventLoop: eventLoop, shared: self)
            desks.append(NIOLoopBound(desk, eventLoop: eventLoop))
            return desk
        }
    }

    /// Called once nothing can keep the gateway from serving: a start that fails must not have made tokens void.
    package func begin() {
        perform { $0.start() }
    }

    func perform(_ task: @escaping @Sendable (UserTokenKeeper) -> Void) {
        guard let host = host.withLock({ $0 }) else { return }
        host.eventLoop.execute { task(host.value) }
    }

    /// Tells those who waited, each on its loop.
    func tell(_ waiters: [UserTokenWaiter], _ answer: UserTokenAnswer) {
        for (loop, waiters) in Dictionary(grouping: waiters, by: \.loop) {
            let desk = desks.withLock { $0[loop] }
            desk.eventLoop.execute { desk.value.take(waiters.map(\.number), answer) }
        }
    }

    /// Begins nothing any more, and comes back once no refresh and no write is under way or the time is up.
    package func stop(within drain: Duration) async {
        await withCheckedContinuation { (stopped: CheckedContinuation<Void, Never>) in
            guard host.withLock({ $0 != nil }) else { return stopped.resume() }
            perform { $0.stop(within: TimeAmount(drain)) { stopped.resume() } }
        }
    }
}
