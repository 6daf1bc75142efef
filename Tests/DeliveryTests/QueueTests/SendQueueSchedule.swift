import Delivery
import Messaging
import SeededCases

/// A queue that is driven as the dispatcher drives it, on a virtual clock, with everything that may happen by chance:
/// messages come, are sent, fail, are put off and taken back, and the clock may jump.
///
/// Beside the queue it keeps plain lists of what must hold, and judges every step by them.
struct SendQueueSchedule {
    private enum Stage { case waiting, preparing, underWay, over }

    private struct Message {
        let id: MessageID
        let lane: String
        let expires: Int64
        /// Not to be tried before; not later either where nothing else is in the way.
        var due: Int64
        var attempts: Int
        var stage = Stage.waiting
        var ends = 0
    }

    private enum Event {
        case come
        /// A message that was given out is about to begin, or can't.
        case begin(Int)
        case end(Int)
        case cancel(Int)
        case jump(Int64)
    }

    private static let lanes = ["a", "b", "c", "d"]
    /// By far more turns than any schedule has.
    private static let mostTurns = 20_000

    private(set) var faults: [String] = []
    /// What happened, so that a run that tests nothing is seen.
    private(set) var tally: [String: Int] = [:]
    private var random: SplitMix64
    private var queue: SendQueue
    private let atOnce: Int
    private var messages: [Message] = []
    private var numbers: [MessageID: Int] = [:]
    private var events: [(time: Int64, order: Int, event: Event)] = []
    private var lastOrder = 0
    /// What has passed, whatever the clock says.
    private var passed: Int64 = 0
    private var clockIsAhead: Int64 = 0
    private var now: Int64 { passed + clockIsAhead }

    init(seed: UInt64, withJumps: Bool = false) {
        random = SplitMix64(seed: seed)
        var settings = SendQueueSettings()
        atOnce = 1 + random.below(4)
        settings.maximumUnderWay = atOnce
        queue = SendQueue(settings: settings)
        for _ in 0..<3 + random.below(30) { plan(.come, in: time(upTo: 20)) }
        guard withJumps else { return }
        for _ in 0..<1 + random.below(4) {
            plan(.jump(time(upTo: 10) * (random.chance(1, in: 2) ? 1 : -1)), in: time(upTo: 40))
        }
    }

    /// Runs until everything has ended.
    mutating func run() {
        for _ in 0..<SendQueueSchedule.mostTurns where faults.isEmpty {
            turn()
            if events.isEmpty, queue.nextEvent == nil { return conclude() }
        }
        if faults.isEmpty { fault("it doesn't end") }
    }

    private mutating func conclude() {
        for message in messages where message.ends != 1 { fault("\(name(message)) ended \(message.ends) times") }
        if queue.count != 0 { fault("\(queue.count) are left in the queue") }
    }

    private mutating func turn() {
        let event = events.indices.min { (events[$0].time, events[$0].order) < (events[$1].time, events[$1].order) }
        let wake = queue.nextEvent.map { max($0, now) - clockIsAhead } ?? .max
        if let event, events[event].time <= wake {
            passed = max(passed, events[event].time)
            perform(events.remove(at: event).event)
        } else if wake < .max {
            passed = max(passed, wake)
        }
        advance()
    }

    private mutating func perform(_ event: Event) {
        switch event {
        case .come: come()
        case .begin(let number): begin(number)
        case .end(let number): end(number)
        case .cancel(let number): cancel(number)
        case .jump(let distance):
            clockIsAhead += distance
            count("jump")
        }
    }

    // MARK: What happens

    private mutating func come() {
        let number = messages.count
        let wait = random.chance(1, in: 5) ? time(upTo: 1) : time(upTo: 60)
        let isOld = random.chance(1, in: 6)
        let message = Message(
            id: MessageID(unixMilliseconds: UInt64(random.below(1 << 40)), random: (UInt64(number), random.next())),
            lane: random.element(of: SendQueueSchedule.lanes),
            expires: now + wait - (random.chance(1, in: 20) ? wait : 0),
            due: isOld ? now + time(upTo: 5) : 0, attempts: isOld ? random.below(4) : 0
        )
        messages.append(message)
        numbers[message.id] = number
        queue.add(
            message.id, lane: message.lane, expires: message.expires, attempts: message.attempts, retryAt: message.due)
        if random.chance(1, in: 4) { plan(.cancel(number), in: time(upTo: 30)) }
        count("come")
    }

    private mutating func begin(_ number: Int) {
        let message = messages[number]
        if random.chance(1, in: 6), message.stage != .waiting {
            let pause = time(upTo: 8)
            queue.postponed(message.id, until: now + pause)
            guard message.stage == .preparing else { return }
            messages[number].stage = .waiting
            messages[number].due = now + pause
            return count("postponed")
        }
        let begins = queue.begun(message.id, now: now)
        if begins != (message.stage == .preparing && now < message.expires) {
            fault("\(name(message)) begins: \(begins)")
        }
        guard begins else {
            guard message.stage == .preparing else { return }
            queue.postponed(message.id, until: now + 1)
            messages[number].stage = .waiting
            messages[number].due = now + 1
            return count("too late")
        }
        messages[number].stage = .underWay
        // Now and then it is found out at the last moment that it can't be tried.
        if random.chance(1, in: 10) {
            let pause = time(upTo: 3)
            queue.postponed(message.id, until: now + pause)
            messages[number].stage = .waiting
            messages[number].due = now + pause
            return count("postponed late")
        }
        plan(.end(number), in: time(upTo: 6))
    }

    private mutating func end(_ number: Int) {
        let message = messages[number]
        let jitter = Double.random(in: 0..<1, using: &random)
        guard random.chance(1, in: 2) else {
            let follow = queue.ended(message.id, .settled, jitter: jitter, now: now)
            if follow != .finished(attempts: message.attempts) { fault("\(name(message)) settled: \(follow)") }
            count("settled")
            return over(number)
        }
        let made = 1 + random.below(3)
        let seconds = random.chance(1, in: 3) ? random.below(20) : nil
        let follow = queue.ended(
            message.id, .notSent(attempts: made, retryAfterSeconds: seconds), jitter: jitter, now: now)
        guard case .deferred(message.attempts + made, let until) = follow else {
            return fault("\(name(message)) was not sent: \(follow)")
        }
        if until < min(now + Int64(seconds ?? 0) * 1_000_000, message.expires) {
            fault("\(name(message)) is to be tried too early")
        }
        messages[number].attempts += made
        // A last try just before the end is allowed for.
        messages[number].due = min(until, max(message.expires - 1, now))
        messages[number].stage = .waiting
        count("deferred")
    }

    private mutating func cancel(_ number: Int) {
        let message = messages[number]
        let expected: SendQueueCancel =
            switch message.stage {
            case .waiting, .preparing: .cancelled(attempts: message.attempts)
            case .underWay: .underWay
            case .over: .notInQueue
            }
        let answer = queue.cancel(message.id, now: now)
        if answer != expected { fault("\(name(message)) is taken back: \(answer) instead of \(expected)") }
        count("cancel \(message.stage)")
        if case .cancelled = answer { over(number) }
    }

    private mutating func advance() {
        for step in queue.advance(now: now) {
            switch step {
            case .attempt(let id): attempt(numbers[id] ?? 0)
            case .expire(let id, let attempts): expire(numbers[id] ?? 0, attempts: attempts)
            }
        }
        judgeRest()
    }

    // MARK: What must hold

    private mutating func attempt(_ number: Int) {
        let message = messages[number]
        let ahead = messages[..<number].filter { $0.lane == message.lane && $0.stage != .over }
        if let first = ahead.first { fault("\(name(message)) overtakes \(name(first))") }
        if message.stage != .waiting { fault("\(name(message)) is tried while it is \(message.stage)") }
        if message.expires <= now { fault("\(name(message)) is tried after its end") }
        if message.due > now { fault("\(name(message)) is tried \(message.due - now) too early") }
        messages[number].stage = .preparing
        if busy > atOnce { fault("\(busy) are under way") }
        count("attempt")
        plan(.begin(number), in: time(upTo: 1))
    }

    private mutating func expire(_ number: Int, attempts: Int) {
        let message = messages[number]
        if message.stage != .waiting { fault("\(name(message)) expires while it is \(message.stage)") }
        if message.expires > now { fault("\(name(message)) expires too early") }
        if message.attempts != attempts { fault("\(name(message)) expires after \(attempts) attempts") }
        count("expired")
        over(number)
    }

    /// After all that is due was done: nothing else is due, and the queue wants to be woken for what comes next.
    private mutating func judgeRest() {
        let next = queue.nextEvent ?? .max
        if next <= now { fault("it wants to be woken at once, again") }
        var lanes: Set<String> = []
        for message in messages where message.stage != .over {
            let isFirst = lanes.insert(message.lane).inserted
            guard message.stage == .waiting else { continue }
            if message.expires <= now { fault("\(name(message)) waits after its end") }
            if next > message.expires { fault("the end of \(name(message)) would be slept through") }
            guard isFirst, busy < atOnce else { continue }
            if message.due <= now { fault("\(name(message)) is due, and is not tried") }
            if next > message.due { fault("the turn of \(name(message)) would be slept through") }
        }
        let open = messages.count { $0.stage != .over }
        if queue.count != open { fault("\(queue.count) in the queue instead of \(open)") }
    }

    private var busy: Int { messages.count { $0.stage == .preparing || $0.stage == .underWay } }

    private mutating func over(_ number: Int) {
        messages[number].stage = .over
        messages[number].ends += 1
    }

    // MARK: Chance and words

    private mutating func plan(_ event: Event, in delay: Int64) {
        lastOrder += 1
        events.append((passed + delay, lastOrder, event))
    }

    /// Often the same few times, so that things happen at once.
    private mutating func time(upTo seconds: Int) -> Int64 {
        random.chance(1, in: 3)
            ? Int64(random.below(seconds + 1)) * 1_000_000 : Int64(random.below(seconds * 1_000_000 + 1))
    }

    private func name(_ message: Message) -> String { "message \(numbers[message.id] ?? -1) of lane \(message.lane)" }

    private mutating func fault(_ text: String) { faults.append("at \(now): \(text)") }

    private mutating func count(_ word: String) { tally[word, default: 0] += 1 }
}
