internal import Custody
internal import Messaging
internal import NIOCore

/// One event loop's way to users' tokens: gives them to calls, and lets calls wait for them.
final class UserTokenDesk {
    typealias Completion = (Result<HeldToken, Problem>) -> Void

    /// A user's token for a call, and when it ends.
    struct HeldToken {
        let token: AccessToken
        /// Microseconds since 1970.
        let expires: Int64
    }

    private struct Pending {
        let user: AppUser
        let timer: Scheduled<Void>
        let completion: Completion
    }

    private let loop: Int
    private let eventLoop: any EventLoop
    private let shared: SharedUserTokens
    private var pending: [UInt64: Pending] = [:]
    private var lastNumber: UInt64 = 0

    init(loop: Int, eventLoop: any EventLoop, shared: SharedUserTokens) {
        (self.loop, self.eventLoop, self.shared) = (loop, eventLoop, shared)
    }

    /// - Parameter completion: called on this loop, at the deadline at the latest; at once where the token is at hand.
    /// - Returns: gives the wait up; then the completion isn't called any more.
    func token(of user: AppUser, deadline: NIODeadline, completion: @escaping Completion) -> () -> Void {
        lastNumber += 1
        let waiter = UserTokenWaiter(loop: loop, number: lastNumber)
        let (found, steps) = shared.use { $0.lookUp(user, for: waiter, now: SharedUserTokens.now) }
        defer { if !steps.isEmpty { shared.perform { $0.perform(steps) } } }
        if case .answered(let answer) = found {
            completion(UserTokenDesk.result(answer))
            return {}
        }
        let timer = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            // Otherwise the answer is on its way here.
            guard self.shared.use({ $0.abandon(waiter, of: user) }) else { return }
            let problem = UserTokenDesk.unavailable(retryAfterSeconds: 1)
            self.pending.removeValue(forKey: waiter.number)?.completion(.failure(problem))
        }
        pending[waiter.number] = Pending(user: user, timer: timer, completion: completion)
        return { [weak self] in
            guard let self, let waiting = self.pending.removeValue(forKey: waiter.number) else { return }
            waiting.timer.cancel()
            _ = self.shared.use { $0.abandon(waiter, of: user) }
        }
    }

    func take(_ numbers: [UInt64], _ answer: UserTokenAnswer) {
        for number in numbers {
            guard let waiting = pending.removeValue(forKey: number) else { continue }
            waiting.timer.cancel()
            waiting.completion(UserTokenDesk.result(answer))
        }
    }

    func report(on user: AppUser) -> Result<UserTokensReport, Problem> {
        shared.use { $0.report(on: user) }.map { .success($0) } ?? .failure(UserTokenDesk.unknown)
    }

    // MARK: Requests

    func keep(
        _ tokens: NewUserTokens,
        of user: AppUser,
        for call: CallContext,
        completion: @escaping (Problem?) -> Void
    ) {
        let completion = NIOLoopBound(completion, eventLoop: eventLoop)
        shared.perform { keeper in
            keeper.keep(tokens, of: user, for: call) { problem in
                completion.eventLoop.execute { completion.value(problem) }
            }
        }
    }

    func remove(_ user: AppUser, for call: CallContext, completion: @escaping (Problem?) -> Void) {
        let completion = NIOLoopBound(completion, eventLoop: eventLoop)
        shared.perform { keeper in
            keeper.remove(user, for: call) { problem in
                completion.eventLoop.execute { completion.value(problem) }
            }
        }
    }

    func revoke(_ divarUser: UserID, completion: @escaping (Problem?) -> Void) {
        let completion = NIOLoopBound(completion, eventLoop: eventLoop)
        shared.perform { keeper in
            keeper.revoke(divarUser) { problem in
                completion.eventLoop.execute { completion.value(problem) }
            }
        }
    }

    // MARK: Problems

    static let unknown = Problem(
        .unknownUser, detail: "The gateway keeps no tokens of a user of this name for the app.")

    private static func unavailable(retryAfterSeconds: Int) -> Problem {
        Problem(
            .userTokenUnavailable, detail: "The user's token ended, and Divar's token endpoint gives no new one now.",
            retryAfterSeconds: retryAfterSeconds
        )
    }

    private static func result(_ answer: UserTokenAnswer) -> Result<HeldToken, Problem> {
        switch answer {
        case .token(let token, let expires): .success(HeldToken(token: token, expires: expires))
        case .unknownUser: .failure(unknown)
        case .consentRequired:
            .failure(
                Problem(
                    .consentRequired,
                    detail: "The user's tokens ended and can't be renewed: the user has to consent again, and the new "
                        + "tokens go to PUT /users/{name}/tokens."
                )
            )
        case .unavailable(let seconds): .failure(unavailable(retryAfterSeconds: seconds))
        }
    }
}
