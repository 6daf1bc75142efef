import Messaging
import Testing

@testable import Custody

@Suite struct UserTokensTests {
    static let now: Int64 = 1_790_000_000_000_000
    let user = AppUser(app: AppName("shop")!, name: UserName("ali")!)
    let other = AppUser(app: AppName("other")!, name: UserName("ali")!)

    static func grant(_ name: String, life: Int64 = 3600, refreshable: Bool = true) -> UserGrant {
        UserGrant(
            accessToken: AccessToken("access-\(name)")!,
            refreshToken: refreshable ? RefreshToken("refresh-\(name)")! : nil, since: now,
            expires: now + life * 1_000_000, scope: "a b", divarUser: UserID("divar-\(name)"))
    }

    static func pair(_ name: String) -> TokenPair {
        TokenPair(
            accessToken: AccessToken("access-\(name)")!, refreshToken: RefreshToken("refresh-\(name)")!,
            lifeSeconds: 3600)
    }

    /// Tokens of one user on disk.
    func loaded(_ grant: UserGrant) -> UserTokens {
        var tokens = UserTokens(settings: UserTokenSettings())
        tokens.load(grant, of: user, isSealedAnew: false, now: UserTokensTests.now, jitter: 0)
        return tokens
    }

    func waiter(_ number: UInt64) -> UserTokenWaiter { UserTokenWaiter(loop: 0, number: number) }

    @Test func `a token is given at once while it lasts, and renewed before it ends`() throws {
        let grant = UserTokensTests.grant("1")
        var tokens = loaded(grant)
        let (found, steps) = tokens.lookUp(user, for: waiter(1), now: UserTokensTests.now)
        #expect(found == .answered(.token(grant.accessToken, expires: grant.expires)))
        #expect(steps.isEmpty)
        #expect(tokens.advance(now: grant.expires - 600_000_001).isEmpty)
        let begun = tokens.advance(now: grant.expires - 600_000_000)
        guard case .write(let mark, user, .keep(let marked), nil, nil)? = begun.first else {
            Issue.record("no mark, but \(begun)")
            return
        }
        #expect(marked.isInDoubt)
        let asked = tokens.written(mark, of: user, isOnDisk: true, now: grant.expires - 600_000_000, jitter: 0)
        #expect(asked == [.refresh(ticket: mark + 1, user, try #require(grant.refreshToken))])
    }

    @Test func `nobody sees another app's user`() {
        var tokens = loaded(UserTokensTests.grant("1"))
        #expect(tokens.lookUp(other, for: waiter(1), now: UserTokensTests.now).0 == .answered(.unknownUser))
        #expect(tokens.report(on: other) == nil)
        #expect(tokens.remove(other, request: 1, now: UserTokensTests.now) == nil)
    }

    @Test func `of calls that wait for an ended token one asks, and all are told once it is on disk`() throws {
        let grant = UserTokensTests.grant("1")
        var tokens = loaded(grant)
        let late = grant.expires + 1
        var steps: [UserTokenStep] = []
        for number in 1...50 {
            let (found, begun) = tokens.lookUp(user, for: waiter(UInt64(number)), now: late)
            #expect(found == .waits)
            steps += begun
        }
        #expect(steps.count == 1, "one mark")
        steps = tokens.written(1, of: user, isOnDisk: true, now: late, jitter: 0)
        #expect(steps.count == 1, "one refresh")
        steps = tokens.refreshEnded(2, of: user, with: .granted(UserTokensTests.pair("2")), now: late, jitter: 0)
        #expect(steps.count == 1, "one write, and nobody is told before it is done: \(steps)")
        steps = tokens.written(3, of: user, isOnDisk: true, now: late, jitter: 0)
        let told = steps.compactMap {
            if case .tell(let waiters, let answer) = $0 { (waiters.count, answer) } else { nil }
        }
        #expect(told.count == 1 && told.first?.0 == 50)
        let answer = UserTokenAnswer.token(AccessToken("access-2")!, expires: late + 3_600_000_000)
        #expect(told.first?.1 == answer)
        #expect(steps.contains(.forget(grant.accessToken)))
    }

    @Test func `new tokens that the disk refuses are used, and the disk is tried again`() throws {
        let grant = UserTokensTests.grant("1")
        var tokens = loaded(grant)
        let late = grant.expires + 1
        _ = tokens.lookUp(user, for: waiter(1), now: late)
        _ = tokens.written(1, of: user, isOnDisk: true, now: late, jitter: 0)
        _ = tokens.refreshEnded(2, of: user, with: .granted(UserTokensTests.pair("2")), now: late, jitter: 0)
        let steps = tokens.written(3, of: user, isOnDisk: false, now: late, jitter: 0)
        #expect(steps.contains(.report(user, .unsaved)))
        #expect(
            steps.contains(.tell([waiter(1)], .token(AccessToken("access-2")!, expires: late + 3_600_000_000))))
        #expect(tokens.count(now: late).unsaved == 1)
        let again = tokens.advance(now: late + 20_000_000)
        guard case .write(let ticket, user, .keep(let kept), .refreshed, nil)? = again.first else {
            Issue.record("not tried again: \(again)")
            return
        }
        #expect(kept.accessToken == AccessToken("access-2"))
        _ = tokens.written(ticket, of: user, isOnDisk: true, now: late, jitter: 0)
        #expect(tokens.count(now: late).unsaved == 0)
    }

    @Test func `a refused refresh token means consent, but not before the access token ended`() {
        let grant = UserTokensTests.grant("1")
        var tokens = loaded(grant)
        let time = grant.expires - 100_000_000
        _ = tokens.advance(now: time)
        _ = tokens.written(1, of: user, isOnDisk: true, now: time, jitter: 0)
        let steps = tokens.refreshEnded(2, of: user, with: .refused, now: time, jitter: 0)
        #expect(steps.contains(.report(user, .refused)))
        #expect(
            tokens.lookUp(user, for: waiter(1), now: time).0
                == .answered(.token(grant.accessToken, expires: grant.expires)))
        #expect(tokens.lookUp(user, for: waiter(2), now: grant.expires).0 == .answered(.consentRequired))
        #expect(tokens.report(on: user)?.isRefreshable == false)
    }

    @Test func `a token that can't be renewed ends in consent`() {
        let grant = UserTokensTests.grant("1", refreshable: false)
        var tokens = loaded(grant)
        #expect(tokens.advance(now: grant.expires - 1).isEmpty)
        #expect(tokens.lookUp(user, for: waiter(1), now: grant.expires).0 == .answered(.consentRequired))
    }

    @Test func `the second failure is told, and the next one comes later`() {
        let grant = UserTokensTests.grant("1")
        var tokens = loaded(grant)
        var now = grant.expires
        _ = tokens.lookUp(user, for: waiter(1), now: now)
        _ = tokens.written(1, of: user, isOnDisk: true, now: now, jitter: 0)
        var steps = tokens.refreshEnded(2, of: user, with: .failed, now: now, jitter: 0)
        #expect(steps == [.report(user, .refreshFailed(failures: 1))])
        now += 1_000_000
        #expect(tokens.advance(now: now).count == 1)
        steps = tokens.refreshEnded(3, of: user, with: .lost, now: now, jitter: 0)
        #expect(steps.contains(.tell([waiter(1)], .unavailable(retryAfterSeconds: 1))))
        #expect(
            tokens.lookUp(user, for: waiter(2), now: now).0 == .answered(.unavailable(retryAfterSeconds: 1)))
    }

    @Test func `what comes after a removal is not used`() {
        let grant = UserTokensTests.grant("1")
        var tokens = loaded(grant)
        let late = grant.expires + 1
        _ = tokens.lookUp(user, for: waiter(1), now: late)
        _ = tokens.written(1, of: user, isOnDisk: true, now: late, jitter: 0)
        let (requests, steps) = tokens.revoke(UserID("divar-1")!, request: { 7 }, now: late)
        #expect(requests == [7])
        #expect(steps.contains(.tell([waiter(1)], .unknownUser)))
        #expect(steps.contains(.forget(grant.accessToken)))
        let granted = RefreshEnd.granted(UserTokensTests.pair("2"))
        #expect(tokens.refreshEnded(2, of: user, with: granted, now: late, jitter: 0).isEmpty)
        #expect(tokens.lookUp(user, for: waiter(2), now: late).0 == .answered(.unknownUser))
        #expect(
            tokens.written(3, of: user, isOnDisk: true, now: late, jitter: 0) == [.finish(request: 7, isOnDisk: true)])
    }

    @Test func `a start after a crash in a refresh asks again at once`() {
        var grant = UserTokensTests.grant("1")
        grant.isInDoubt = true
        var tokens = loaded(grant)
        let steps = tokens.advance(now: UserTokensTests.now + 200_000)
        #expect(steps == [.refresh(ticket: 1, user, grant.refreshToken!)])
    }

    @Test func `a grant comes back from its bytes as it was`() {
        var grant = UserTokensTests.grant("1")
        (grant.refreshedAt, grant.isInDoubt) = (5, true)
        #expect(UserGrant(grant.bytes) == grant)
        #expect(UserGrant(UserTokensTests.grant("2", refreshable: false).bytes)?.refreshToken == nil)
        #expect(UserGrant(Array("{}".utf8)) == nil)
        #expect("\(grant)".contains("access-1") == false, "a token is printed")
    }

    @Test func `pauses grow, and stay short while the old tokens may become void`() {
        let pauses = (1...14).map { UserTokenSettings.pause(failures: $0, isInDoubt: false, jitter: 0.5) }
        #expect(pauses == pauses.sorted() && pauses.first == 375_000 && pauses.last == 225_000_000)
        #expect(UserTokenSettings.pause(failures: 50, isInDoubt: true, jitter: 0.999) < 15_000_000)
    }
}
