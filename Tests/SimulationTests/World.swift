import Delivery
import DivarAPI
import JournalConformance
import Messaging
import SeededCases

@testable import Journal

/// One run by a seed: callers, a gateway that may die, its disk and Divar; and what has to hold all the while.
final class World {
    static let app = AppName("app")!
    static let journalSettings: JournalSettings = {
        var settings = JournalSettings()
        // Signatures are not what is looked at here, and cost more than all else.
        settings.checkpointRecords = .max
        settings.checkpointInterval = .seconds(1_000_000)
        return settings
    }()
    /// How long callers come.
    private static let busy: Int64 = 40_000_000
    /// How much longer than its patience a call may take: two syncs, and a disk that fails once.
    private static let bound: Int64 = 1_000_000

    let schedule: Schedule
    let disk = SimulatedDisk()
    let plant: Plant?
    var random: SplitMix64
    var findings = Findings()
    /// Counts the lives of the gateway.
    private(set) var epoch = 0
    private(set) lazy var divar = SimulatedDivar(
        schedule: schedule, seed: random.next(), perMinute: 5 + random.below(20)
    ) { [unowned self] in isCalm }
    /// Nothing goes wrong any more.
    private(set) var isCalm = false
    private var gateway: SimulatedGateway?
    private var calls: [SimulatedCall] = []
    private var crashes = 0
    /// What callers know to be in a conversation.
    private var known: [ConversationID: Set<String>] = [:]
    private let callers = [CallerName("one")!, CallerName("two")!]
    private let conversations = [ConversationID("c1")!, ConversationID("c2")!]
    private let keys = ["k1", "k2"].map { IdempotencyKey($0)! }

    init(seed: UInt64, plant: Plant? = nil) {
        schedule = Schedule(seed: seed)
        random = SplitMix64(seed: seed &* 0x9E37_79B9)
        self.plant = plant
    }

    func conversation(ofLane lane: String) -> ConversationID {
        conversations.first { lane.hasSuffix($0.text) } ?? conversations[0]
    }

    /// Gives what was violated.
    func run() throws -> [String] {
        gateway = try SimulatedGateway(world: self, epoch: epoch)
        for _ in 0..<(3 + random.below(8)) { plan() }
        let deaths = random.chance(1, in: 3) ? 1 + random.below(2) : 0
        for _ in 0..<deaths { schedule.after(Int64(random.below(Int(World.busy)))) { [self] in crash() } }
        if random.chance(1, in: 4) { planRoutes() }
        schedule.run(until: schedule.now + World.busy)
        isCalm = true
        divar.gone = []
        schedule.run(until: schedule.now + 160_000_000)
        crash()
        check()
        return findings.violations
    }

    private func plan() {
        let (caller, conversation) = (random.element(of: callers), random.element(of: conversations))
        let kind = random.below(10)
        let key = random.chance(1, in: 3) ? random.element(of: keys) : nil
        let patience = Int64(500_000 + random.below(4_000_000))
        let repeats = key == nil ? 1 : 1 + random.below(3)
        var time = Int64(random.below(Int(World.busy)))
        for _ in 0..<repeats {
            schedule.after(time) { [self] in
                switch kind {
                case 0...4: send(caller, conversation, key, patience, isQueued: false)
                case 5, 6: send(caller, conversation, key, patience, isQueued: true)
                default: read(caller, conversation)
                }
            }
            time += Int64(random.below(3_000_000))
        }
    }

    private func planRoutes() {
        let names = EndpointPlanner(contract: .december2025).endpoints(for: .botMessageToConversation).map(\.name)
        schedule.after(Int64(random.below(Int(World.busy)))) { [self] in divar.gone = [random.element(of: names)] }
    }

    private func send(
        _ caller: CallerName, _ conversation: ConversationID, _ key: IdempotencyKey?, _ patience: Int64, isQueued: Bool
    ) {
        // With a key the same message each time.
        let text = key.map { "by \($0.text)" } ?? "text \(calls.count)"
        let target = key == nil ? conversation : conversations[0]
        let call = SimulatedCall(
            self, caller: caller, conversation: target, text: text, key: key, patience: patience)
        calls.append(call)
        if isQueued { gateway?.enqueue(call) } else { gateway?.send(call) }
    }

    private func read(_ caller: CallerName, _ conversation: ConversationID) {
        let expected = known[conversation, default: []]
        gateway?.read(caller, conversation) { [self] told in
            guard let told else { return }
            findings.require(told.first == caller.text, "\(caller) reads what \(told.first ?? "nobody") was given")
            findings.require(
                expected.isSubset(of: told.dropFirst()), "a read is older than a send that was answered before it")
        }
    }

    private func crash() {
        crashes += 1
        epoch += 1
        for call in calls where !call.isOver { call.answer(.lost) }
        do {
            // What is on its way to the disk may get there or not.
            try disk.end(isLost: random.chance(1, in: 2))
            gateway = try SimulatedGateway(world: self, epoch: epoch)
        } catch {
            findings.require(false, "a restart throws: \(error)")
        }
    }

    // MARK: What has to hold

    /// A byte of a message leaves.
    func wire(_ message: MessageID) {
        findings.require(disk.store.life(of: message) != nil, "a byte left before its intent was durable")
    }

    func answered(_ call: SimulatedCall, _ answer: SimulatedCall.Answer) {
        findings.require(call.answers.count == 1, "a call is answered twice")
        if case .lost = answer { return }
        let took = schedule.now - call.begun
        findings.require(took <= call.patience + World.bound, "a call took \(took) µs, \(call.patience) were its own")
        if case .told(.sent, let message) = answer { known[call.conversation, default: []].insert(message.description) }
    }

    private func check() {
        for call in calls { findings.require(call.isOver, "a call never ends") }
        let delivered = divar.ledger.map(\.message)
        findings.require(Set(delivered).count == delivered.count, "a message was delivered twice")
        checkKeys(Set(delivered))
        for call in calls {
            for answer in call.answers { check(answer, Set(delivered)) }
        }
        checkRecords(Set(delivered))
        findings.require(crashes > 1 || !divar.isOverrun, "Divar was asked more often than it allows")
    }

    private func check(_ answer: SimulatedCall.Answer, _ delivered: Set<String>) {
        switch answer {
        case .told(let outcome, let message):
            let recorded = disk.store.life(of: message)?.report.outcome
            findings.require(recorded == outcome, "told \(outcome), recorded \(recorded.map { "\($0)" } ?? "nothing")")
        case .accepted(let message):
            findings.require(disk.store.life(of: message)?.report.outcome != nil, "what was accepted has no outcome")
        case .toldWithoutRecord, .refused, .lost: break
        }
    }

    /// By caller and key.
    private func checkKeys(_ delivered: Set<String>) {
        var messages: [String: Set<String>] = [:]
        for call in calls {
            guard let key = call.key else { continue }
            messages["\(call.caller) \(key)", default: []].formUnion(call.messages.map(\.description))
        }
        for (key, messages) in messages {
            // A key is free again where its message was proven not to have reached the disk; then nothing was sent.
            let count = messages.intersection(delivered).count
            findings.require(count <= 1, "under the key \(key) \(count) messages were delivered")
        }
    }

    private func checkRecords(_ delivered: Set<String>) {
        for message in Set(calls.flatMap(\.messages)) {
            guard let outcome = disk.store.life(of: message)?.report.outcome else { continue }
            let isThere = delivered.contains(message.description)
            findings.require(outcome != .sent || isThere, "a message is recorded as sent, and was not")
            findings.require(outcome != .notSent || !isThere, "a message is recorded as not sent, and was")
        }
    }
}
