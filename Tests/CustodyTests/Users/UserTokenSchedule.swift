import Messaging
import SeededCases

@testable import Custody

/// Days of some users' tokens, from a seed: calls, consents, removals, lost answers, full disks and crashes at every step.
struct UserTokenSchedule {
    struct Violation: Error, CustomStringConvertible {
        let description: String
    }

    /// What is under way, and when it ends.
    private enum Flight {
        case refresh(ticket: UInt64, AppUser, RefreshToken, end: RefreshEnd)
        case write(ticket: UInt64, AppUser, UserTokenChange, succeeds: Bool, lands: Bool)
    }

    private var random: SplitMix64
    private var now: Int64 = 1_790_000_000_000_000
    private var server = SimulatedTokenServer()
    private var disk: [AppUser: UserGrant] = [:]
    private var tokens: UserTokens
    private var flights: [(at: Int64, flight: Flight)] = []
    private let settings: UserTokenSettings
    private let users: [AppUser]
    private var isDiskFull = false
    private var serverDownUntil: Int64 = 0
    private var isCalm = false
    private var lastNumber: UInt64 = 0
    /// Calls that wait, and for whom.
    private var waiting: [UserTokenWaiter: AppUser] = [:]
    /// Removals asked for, by their numbers, and consents.
    private var removals: [UInt64: AppUser] = [:]
    private var consents: [UInt64: (user: AppUser, grant: UserGrant)] = [:]
    /// Users who may not be served: removed, and not brought again since.
    private var removed: Set<AppUser> = []
    /// Users whose consent or removal failed, as far as anybody was told: a crash may bring it about.
    private var unfinished: Set<AppUser> = []
    /// Users who have to be served at the end.
    private var promised: Set<AppUser> = []
    /// Users whose tokens a crash took legitimately: received and never written.
    private var mayBeLost: Set<AppUser> = []
    /// Tokens that the disk refused, and those that were ever on it.
    private var refusedByDisk: Set<String> = []
    private var written: Set<String> = []
    private(set) var refreshes = 0
    private(set) var crashes = 0

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        var settings = UserTokenSettings()
        settings.margin = 300_000_000
        settings.keepAlive = 7_200_000_000
        settings.concurrency = 2
        self.settings = settings
        tokens = UserTokens(settings: settings)
        users = (1...4).map { AppUser(app: AppName("app-\($0 % 2)")!, name: UserName("user-\($0 / 2)")!) }
    }

    mutating func run(steps: Int) throws {
        for user in users { try consent(user) }
        for _ in 0..<steps { try step() }
        try settle()
    }

    private mutating func step() throws {
        switch random.below(100) {
        case 0..<50: try call(random.element(of: users))
        case 50..<80: try pass(Int64(random.below(random.chance(1, in: 4) ? 900_000_000 : 8_000_000)))
        case 80..<84: try consent(random.element(of: users))
        case 84..<86: try remove(random.element(of: users))
        case 86: try revoke(random.element(of: users))
        case 87..<90: isDiskFull = random.chance(1, in: 2)
        case 90, 91: serverDownUntil = now + Int64(random.below(20_000_000))
        case 92..<95: try abandon()
        default: try crash()
        }
    }

    // MARK: What happens

    private mutating func call(_ user: AppUser) throws {
        lastNumber += 1
        let waiter = UserTokenWaiter(loop: 0, number: lastNumber)
        let (found, steps) = tokens.lookUp(user, for: waiter, now: now)
        switch found {
        case .answered(let answer): try check(answer, for: user)
        case .waits: waiting[waiter] = user
        }
        try perform(steps)
    }

    private mutating func consent(_ user: AppUser) throws {
        let life = random.element(of: [60, 600, 3600])
        let pair = server.consent(lifeSeconds: life, now: now)
        var grant = UserGrant(
            accessToken: pair.accessToken, refreshToken: pair.refreshToken, since: now,
            expires: now + Int64(life) * 1_000_000)
        grant.divarUser = UserID(user.name.text + user.app.text)
        lastNumber += 1
        consents[lastNumber] = (user, grant)
        try perform(tokens.keep(grant, of: user, request: lastNumber, now: now) ?? [])
    }

    private mutating func remove(_ user: AppUser) throws {
        lastNumber += 1
        guard let steps = tokens.remove(user, request: lastNumber, now: now) else { return }
        removals[lastNumber] = user
        noteRemoval(of: user)
        try perform(steps)
    }

    private mutating func revoke(_ user: AppUser) throws {
        var number = lastNumber
        let (requests, steps) = tokens.revoke(
            UserID(user.name.text + user.app.text)!,
            request: {
                number += 1
                return number
            }, now: now)
        lastNumber = number
        for request in requests { removals[request] = user }
        if !requests.isEmpty { noteRemoval(of: user) }
        try perform(steps)
    }

    /// A consent that is still on its way came before; it counts for nothing.
    private mutating func noteRemoval(of user: AppUser) {
        removed.insert(user)
        promised.remove(user)
        for (number, consent) in consents where consent.user == user { consents[number] = nil }
    }

    private mutating func abandon() throws {
        guard let (waiter, user) = waiting.randomElement(using: &random) else { return }
        guard tokens.abandon(waiter, of: user) else { throw Violation(description: "a call that waits isn't known") }
        waiting[waiter] = nil
    }

    private mutating func crash() throws {
        crashes += 1
        for (_, flight) in flights {
            // What was on its way to the disk may have arrived.
            if case .write(_, let user, let change, _, let lands) = flight, lands { apply(change, to: user) }
        }
        // Consents and removals that nobody heard the end of may be done or not.
        for consent in consents.values { noteUncertain(consent.user) }
        for user in removals.values { noteUncertain(user) }
        // Whoever asked for it was told that it failed, and comes again.
        for user in unfinished { noteUncertain(user) }
        unfinished = []
        (flights, waiting, removals, consents) = ([], [:], [:], [:])
        now += Int64(random.below(20_000_000))
        tokens = UserTokens(settings: settings)
        for (user, grant) in disk {
            let rest = grant.refreshToken.flatMap { server.rest(of: $0, now: now) } ?? .max
            if rest < 80_000_000 { mayBeLost.insert(user) }
            tokens.load(grant, of: user, isSealedAnew: random.chance(1, in: 5), now: now, jitter: jitter)
        }
    }

    private mutating func noteUncertain(_ user: AppUser) {
        promised.remove(user)
        removed.remove(user)
    }

    private var jitter: Double {
        mutating get { Double(random.below(1000)) / 1000 }
    }

    // MARK: Time

    private mutating func pass(_ duration: Int64) throws {
        let end = now + duration
        while true {
            let flight = flights.map(\.at).min() ?? .max
            let next = min(max(flight, now), max(tokens.nextEvent, now + 1))
            guard next <= end else { break }
            now = next
            if flight <= now, let index = flights.firstIndex(where: { $0.at == flight }) {
                try land(flights.remove(at: index).flight)
            }
            try perform(tokens.advance(now: now))
        }
        now = end
    }

    private mutating func land(_ flight: Flight) throws {
        switch flight {
        case .refresh(let ticket, let user, _, let end):
            try perform(tokens.refreshEnded(ticket, of: user, with: end, now: now, jitter: jitter))
        case .write(let ticket, let user, let change, let succeeds, let lands):
            if lands { apply(change, to: user) }
            if !succeeds, case .keep(let grant) = change { refusedByDisk.insert(Self.text(grant.accessToken)) }
            try perform(tokens.written(ticket, of: user, isOnDisk: succeeds, now: now, jitter: jitter))
        }
    }

    private mutating func apply(_ change: UserTokenChange, to user: AppUser) {
        switch change {
        case .keep(let grant):
            disk[user] = grant
            written.insert(Self.text(grant.accessToken))
        case .remove: disk[user] = nil
        }
    }

    // MARK: Steps

    private mutating func perform(_ steps: [UserTokenStep]) throws {
        for step in steps {
            switch step {
            case .refresh(let ticket, let user, let token): try refresh(ticket, user, token)
            case .write(let ticket, let user, let change, _, _):
                let isWriting = flights.contains {
                    if case .write(_, user, _, _, _) = $0.flight { true } else { false }
                }
                if isWriting { throw Violation(description: "two writes of \(user) at once") }
                let succeeds = !isDiskFull
                let lands = succeeds || random.chance(1, in: 3)
                let flight = Flight.write(ticket: ticket, user, change, succeeds: succeeds, lands: lands)
                flights.append((now + Int64(random.below(30_000)), flight))
            case .finish(let request, let isOnDisk): try finish(request, isOnDisk: isOnDisk)
            case .tell(let waiters, let answer):
                for waiter in waiters {
                    guard let user = waiting.removeValue(forKey: waiter) else {
                        throw Violation(description: "a call is told twice")
                    }
                    try check(answer, for: user)
                }
            case .forget, .report: break
            }
        }
    }

    private mutating func refresh(_ ticket: UInt64, _ user: AppUser, _ token: RefreshToken) throws {
        refreshes += 1
        let isAsked = flights.contains { if case .refresh(_, _, token, _) = $0.flight { true } else { false } }
        if isAsked { throw Violation(description: "two refreshes with one token of \(user)") }
        var end = RefreshEnd.failed
        let isLost = !isCalm && random.chance(1, in: 5)
        if now >= serverDownUntil, isCalm || !random.chance(1, in: 10) {
            let life = random.element(of: [60, 600, 3600])
            end = server.renew(token, lifeSeconds: life, now: now).map { isLost ? .lost : .granted($0) } ?? .refused
        }
        flights.append((now + Int64(random.below(3_000_000)), .refresh(ticket: ticket, user, token, end: end)))
    }

    private mutating func finish(_ request: UInt64, isOnDisk: Bool) throws {
        if let user = removals.removeValue(forKey: request) {
            if !isOnDisk {
                unfinished.insert(user)
            } else if removed.contains(user), disk[user] != nil {
                throw Violation(description: "\(user) was removed and is on disk")
            }
        }
        let consent = consents.removeValue(forKey: request)
        if let consent, !isOnDisk { unfinished.insert(consent.user) }
        if let consent, isOnDisk {
            if disk[consent.user]?.accessToken != consent.grant.accessToken {
                throw Violation(description: "\(consent.user) was kept and is not on disk")
            }
            promised.insert(consent.user)
            removed.remove(consent.user)
            mayBeLost.remove(consent.user)
        }
    }

    // MARK: What has to hold

    private func check(_ answer: UserTokenAnswer, for user: AppUser) throws {
        switch answer {
        case .token(let token, let expires):
            if removed.contains(user) { throw Violation(description: "\(user) was removed and is served") }
            guard expires > now || isCalm, !mayBeLost.contains(user) else { return }
            guard server.accepts(token, now: now) else {
                throw Violation(description: "\(user) gets a token that is void")
            }
            let text = Self.text(token)
            if !written.contains(text), !refusedByDisk.contains(text) {
                throw Violation(description: "\(user) gets a token before it is on disk")
            }
        case .unknownUser:
            if promised.contains(user) { throw Violation(description: "\(user) is kept and not known") }
        case .consentRequired:
            if promised.contains(user), !mayBeLost.contains(user) {
                throw Violation(description: "the tokens of \(user) were lost")
            }
        case .unavailable: if isCalm { throw Violation(description: "\(user) is not served though all is well") }
        }
    }

    /// All is well again: everybody is served, and the disk holds what memory does.
    private mutating func settle() throws {
        (isDiskFull, serverDownUntil) = (false, 0)
        try pass(400_000_000)
        isCalm = true
        try pass(400_000_000)
        guard waiting.isEmpty else { throw Violation(description: "\(waiting.count) calls wait for ever") }
        guard removals.isEmpty, consents.isEmpty else { throw Violation(description: "requests wait for ever") }
        for user in users { try call(user) }
        try pass(20_000_000)
        guard waiting.isEmpty else { throw Violation(description: "\(waiting.count) calls wait though all is well") }
        for user in removed where disk[user] != nil { throw Violation(description: "\(user) is on disk at the end") }
        guard tokens.count(now: now).unsaved == 0 else { throw Violation(description: "tokens are unsaved at the end") }
    }

    private static func text(_ token: AccessToken) -> String { token.secret.withExposedText { $0 } }
}
