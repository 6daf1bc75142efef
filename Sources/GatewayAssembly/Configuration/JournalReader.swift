internal import Egress
internal import Journal

/// Reads `journal`, `audit` and `idempotency`.
struct JournalReader {
    private let problems: ProblemCollector

    init(problems: ProblemCollector) {
        self.problems = problems
    }

    func read(journal: MappingReader, audit: MappingReader, idempotency: MappingReader) -> Configuration.Trail {
        var trail = Configuration.Trail()
        if let (path, node) = journal.string("path") {
            if path.hasPrefix("/") || path.hasPrefix(".") {
                trail.path = path
            } else {
                problems.add("must be a path that begins with / or .", at: "journal.path", node: node)
            }
        }
        if let bytes = journal.byteCount("min_free", in: 0...999_999_999 * 1024) { trail.minimumFree = bytes }
        if let count = journal.integer("queue", in: 16...1_000_000) { trail.settings.queue = count }
        journal.reportUnknownKeys()
        read(audit, into: &trail)
        // Shorter than a call can take, a key would be forgotten while its message is under way.
        if let time = idempotency.duration("ttl", in: .seconds(1) ... .seconds(30 * 86_400)) {
            trail.idempotency = time
        }
        idempotency.reportUnknownKeys()
        return trail
    }

    private func read(_ audit: MappingReader, into trail: inout Configuration.Trail) {
        let names = ReadRecording.allCases.map(\.rawValue).joined(separator: ", ")
        if let reads = audit.value("reads", "one of \(names)", ReadRecording.init(rawValue:)) { trail.reads = reads }
        if let form = audit.value("content", "commitment or encrypted", ContentKeeping.init(rawValue:)) {
            trail.content = form
        }
        trail.masterKeys = audit.list("master_keys").compactMap { node in
            let source = AppsReader.source(node, path: audit.path(of: "master_keys"), problems: problems)
            return source
        }
        if trail.content == .encrypted, trail.masterKeys.isEmpty {
            problems.add(
                "must list where the key is under which contents are kept, since audit.content is encrypted",
                at: audit.path(of: "master_keys"), line: audit.line
            )
        }
        if let (path, _) = audit.string("signing_key") { trail.signingKeyPath = path }
        if let count = audit.integer("checkpoint_records", in: 1...1_000_000) {
            trail.settings.checkpointRecords = count
        }
        if let time = audit.duration("checkpoint_interval", in: .milliseconds(10) ... .seconds(3600)) {
            trail.settings.checkpointInterval = time
        }
        let ages: ClosedRange<Duration> = .seconds(1) ... .seconds(36_500 * 86_400)
        let retention = audit.mapping("retention")
        trail.settings.contentAge = retention.duration("content", in: ages)
        trail.settings.recordAge = retention.duration("records", in: ages)
        retention.reportUnknownKeys()
        audit.reportUnknownKeys()
    }
}
