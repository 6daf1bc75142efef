internal import InternalAPI
package import Messaging
internal import NIOCore

extension EgressService {
    package var keepsUserTokens: Bool { users != nil }

    package func keepTokens(
        _ tokens: NewUserTokens,
        of user: UserName,
        for call: CallContext,
        completion: @escaping (Problem?) -> Void
    ) {
        guard let users else { return completion(UserTokenDesk.unknown) }
        users.keep(tokens, of: AppUser(app: call.caller.app, name: user), for: call, completion: completion)
    }

    package func removeTokens(of user: UserName, for call: CallContext, completion: @escaping (Problem?) -> Void) {
        guard let users else { return completion(UserTokenDesk.unknown) }
        users.remove(AppUser(app: call.caller.app, name: user), for: call, completion: completion)
    }

    package func reportTokens(of user: UserName, for call: CallContext) -> Result<UserTokensReport, Problem> {
        users?.report(on: AppUser(app: call.caller.app, name: user)) ?? .failure(UserTokenDesk.unknown)
    }

    /// The call with the token of the user that it names. What was waited for the token is gone from its budget.
    ///
    /// - Parameter completion: called at once where no user is named or the token is at hand.
    /// - Returns: gives the wait up; then the completion isn't called any more.
    func withToken(
        _ call: CallContext,
        completion: @escaping (Result<CallContext, Problem>, _ expires: Int64?) -> Void
    ) -> () -> Void {
        guard let user = call.appUser else {
            completion(.success(call), nil)
            return {}
        }
        guard let users else {
            completion(.failure(UserTokenDesk.unknown), nil)
            return {}
        }
        let deadline = deadline(of: call)
        return users.token(of: user, deadline: deadline) { result in
            switch result {
            case .failure(let problem): completion(.failure(problem), nil)
            case .success(let held):
                var call = call
                call.userToken = held.token
                call.timeout = max(1, (deadline - .now()).nanoseconds / 1000)
                completion(.success(call), held.expires)
            }
        }
    }

    /// Why a message by a kept token isn't even put into the queue; nil where it may be.
    func refusal(toQueue call: CallContext) -> Problem? {
        guard let user = call.appUser else { return nil }
        guard let users, case .success = users.report(on: user) else { return UserTokenDesk.unknown }
        return nil
    }

    /// Puts down a call that was refused for want of a token.
    func refuse(_ call: CallContext, to permission: Permission, for problem: Problem) {
        refused(
            RefusedCall(
                caller: call.caller, peer: call.peer, permission: permission, kind: problem.kind,
                traceID: call.trace.traceID))
    }
}
