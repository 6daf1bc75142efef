@testable import AuditReport
import Journal
import Messaging
import SeededCases

/// A random log, and what a listing of it should show.
final class RandomTrail {
    private let trail: SampleTrail
    private var open: [MessageID] = []
    private static let callers = ["billing", "crm"]
    private static let conversations = ["a", "ab", "b"]

    init(_ random: inout SplitMix64) throws {
        trail = try SampleTrail()
        try append(&random, count: random.below(60))
        if random.chance(1, in: 3), let size = trail.archive.checkpoints().first?.size {
            try trail.prune(to: size)
            if random.chance(1, in: 2) { trail.archive.sweep() }
            try append(&random, count: random.below(20))
        }
    }

    var archive: ArrayArchive { trail.archive }

    func append(_ random: inout SplitMix64, count: Int) throws {
        for _ in 0..<count {
            let caller = random.element(of: RandomTrail.callers)
            let conversation = random.element(of: RandomTrail.conversations)
            switch random.below(10) {
            case 0: try trail.read(caller: caller, conversation: conversation)
            case 1: try trail.refuse(caller: random.chance(1, in: 2) ? caller : nil)
            case 2: try trail.lose(3)
            case 3: try trail.sign()
            case 4: open.append(try trail.accept(caller: caller, user: random.element(of: ["u", "v"])))
            case 5, 6: open.append(try trail.accept(caller: caller, conversation: conversation))
            default:
                guard !open.isEmpty else { continue }
                let message = open.remove(at: random.below(open.count))
                let named = random.chance(1, in: 3) ? conversation : nil
                try trail.close(message, random.element(of: Outcome.allCases), conversation: named)
            }
            trail.now += Int64(random.below(1_200)) * 1_000_000 - (random.chance(1, in: 6) ? 1_800_000_000 : 0)
        }
    }

    func filter(_ random: inout SplitMix64) -> EntryFilter {
        var filter = EntryFilter()
        if random.chance(1, in: 4) { filter.caller = random.element(of: RandomTrail.callers) }
        if random.chance(1, in: 3) { filter.conversation = random.element(of: RandomTrail.conversations) }
        if random.chance(1, in: 5) { filter.user = "u" }
        if random.chance(1, in: 3) { filter.outcome = random.element(of: Outcome.allCases) }
        if random.chance(1, in: 4) { filter.kind = random.element(of: [.intent, .read, .refusal, .loss, .pruning]) }
        let times = archive.stored.compactMap { AuditRecord($0).time }
        if random.chance(1, in: 4), !times.isEmpty { filter.since = random.element(of: times) }
        if random.chance(1, in: 4), !times.isEmpty { filter.until = random.element(of: times) }
        if random.chance(1, in: 8) { filter.message = archive.rows.keys.min { $0.description < $1.description } }
        return filter
    }

    /// What the log has, put together record by record.
    func expected(_ filter: EntryFilter) -> Set<AuditEntry> {
        let records = archive.stored.filter { $0.number > archive.begin.size }.map(AuditRecord.init)
        let intents = Set(records.filter { $0.kind == .intent }.compactMap(\.message))
        var entries: Set<AuditEntry> = []
        for record in records {
            switch record.kind {
            case .outcome:
                guard let message = record.message, !intents.contains(message) else { continue }
                entries.insert(AuditEntry(record))
            case .intent:
                let outcome = records.first { $0.kind == .outcome && $0.message == record.message }
                let life = record.message.flatMap { try? archive.life(of: $0) }
                entries.insert(AuditEntry(record, outcome: outcome, life: life))
            default:
                entries.insert(AuditEntry(record))
            }
        }
        return entries.filter(filter.admits)
    }
}
