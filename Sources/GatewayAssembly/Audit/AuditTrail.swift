private import AuditReport
private import FoundationEssentials
private import Glibc
private import Journal
private import Messaging
private import SQLiteJournal

/// The audit trail of a gateway for the `audit` commands, also while that gateway runs. Confined to one thread.
///
/// Throws `AuditUsageError`, `AuditMiss`, `AuditFault`, `ConfigurationError`, `ProcessError`, and what an `emit`
/// throws.
package struct AuditTrail {
    private let path: String
    private let keyPath: String
    private let archive: SQLiteArchive
    private let masterKeys: () throws -> [MasterKey]

    /// - Parameter isErasing: whether it has to be possible to write.
    package init(_ place: AuditPlace, isErasing: Bool = false) throws {
        (path, masterKeys) = try AuditTrail.journal(of: place)
        keyPath = place.keyPath ?? path + ".vkey"
        do {
            archive = try SQLiteArchive(path: path, isReadOnly: !isErasing)
        } catch {
            throw ProcessError("the journal can not be opened: " + TerminalText.safe("\(error)"))
        }
    }

    /// Where the journal is, and what opens the contents in it.
    private static func journal(of place: AuditPlace) throws -> (path: String, masterKeys: () throws -> [MasterKey]) {
        guard place.journalPath != nil || place.configurationPath != nil else {
            throw AuditUsageError("give --config FILE or --journal PATH")
        }
        guard let configurationPath = place.configurationPath else { return (place.journalPath ?? "", { [] }) }
        let configuration = try ConfigurationFile.read(path: configurationPath)
        let path = place.journalPath ?? configuration.trail.path ?? Configuration.Trail.defaultPath
        return (path, { try AuditKeys.masterKeys(of: configuration, environment: place.environment) })
    }

    // MARK: Reading

    /// Lists the newest calls.
    ///
    /// - Parameters:
    ///   - number: only what stands at smaller record numbers.
    ///   - emit: takes lines without their ends.
    /// - Returns: the number for the next page; nil where there is none.
    package func list(
        _ query: AuditQuery,
        below number: Int?,
        limit: Int,
        asJSON: Bool,
        emit: (String) throws -> Void
    ) throws -> Int? {
        let reader = EntryReader(archive: archive, filter: try query.filter())
        let page = try reading { try reader.entries(below: number, limit: limit) }
        let lines = asJSON ? page.entries.map(EntryJSON.line) : EntryTable.lines(page.entries)
        for line in lines { try emit(line) }
        return page.next
    }

    /// Shows one message or record.
    package func show(_ name: String, emit: (String) throws -> Void) throws {
        let recordName = try AuditTrail.recordName(name)
        let keys = try masterKeys()
        let key = try? VerifierKeyFile.read(keyPath)
        let detail = try reading {
            try EntryDetail.find(recordName, in: archive, masterKeys: keys, key: key)
        }
        guard let detail else { throw AuditMiss("the journal has no message or record \(name)") }
        for line in detail.lines { try emit(line) }
    }

    /// Writes all calls in a form for other systems, oldest first.
    ///
    /// - Parameters:
    ///   - format: one of `formats`.
    ///   - emit: takes lines with their ends.
    package func export(
        _ query: AuditQuery,
        format: String,
        progress: (Int, Int) -> Void,
        emit: (String) throws -> Void
    ) throws {
        guard let format = ExportFormat(rawValue: format) else {
            throw AuditUsageError("--format takes one of \(AuditTrail.formats.joined(separator: ", "))")
        }
        let reader = EntryReader(archive: archive, filter: try query.filter())
        try reading {
            _ = try EntryExport(format, version: GatewayVersion.text).run(reader, progress: progress, emit: emit)
        }
    }

    package static let formats = ExportFormat.allCases.map(\.rawValue)

    // MARK: Proving

    /// Gives the proof that a record is in the log.
    ///
    /// - Parameter ofOutcome: of a message's outcome instead of its intent.
    package func prove(_ name: String, ofOutcome: Bool) throws -> String {
        let recordName = try AuditTrail.recordName(name)
        return try reading {
            let number: Int
            switch recordName {
            case .number(let named): number = named
            case .message(let message):
                let records = try MessageRecords.find(message, in: archive)
                guard let record = ofOutcome ? records?.outcome : records?.intent else {
                    throw AuditMiss("the journal has no \(ofOutcome ? "outcome" : "intent") of message \(message)")
                }
                number = record.number
            }
            do {
                return try ProofFile.make(for: number, archive: archive).text
            } catch let failure as ProofFailure {
                if case .brokenLog = failure { throw AuditFault("fault: \(failure)") }
                throw AuditMiss("\(failure)")
            }
        }
    }

    /// Verifies the whole log.
    ///
    /// - Parameters:
    ///   - checkpointPath: the file of a checkpoint that was kept elsewhere.
    ///   - checksContents: whether the contents that are kept are opened, too.
    package func verify(
        checkpointPath: String?,
        checksContents: Bool,
        progress: (Int, Int) -> Void,
        emit: (String) throws -> Void
    ) throws {
        let key = try VerifierKeyFile.read(keyPath)
        guard key.name == Checkpoint.origin(of: archive.log) else {
            let name = TerminalText.safe(key.name)
            throw AuditFault("fault: the journal is the log \(archive.log), and \(keyPath) holds the key of \(name)")
        }
        let kept = try checkpointPath.map { path in
            guard let kept = KeptCheckpoint(try AuditFile.text(path)) else {
                throw ProcessError("\(path) does not hold a checkpoint")
            }
            return kept
        }
        let keys = checksContents ? try masterKeys() : nil
        let report = try reading {
            try TrailVerification(archive: archive, key: key, kept: kept, masterKeys: keys).run(progress: progress)
        }
        for line in VerificationText.lines(report) { try emit(line) }
    }

    /// Verifies a proof by a key alone.
    package static func verify(proofPath: String, place: AuditPlace, emit: (String) throws -> Void) throws {
        let keyPath = try place.keyPath ?? journal(of: place).path + ".vkey"
        let key = try VerifierKeyFile.read(keyPath)
        do {
            let record = try ProofFile.verify(try AuditFile.text(proofPath), key: key)
            try emit("ok: record \(record.number) of \(record.checkpointSize) that are signed")
            try emit(TerminalText.safe(String(decoding: record.body, as: UTF8.self)))
        } catch let failure as ProofFailure {
            throw AuditFault("fault: \(failure)")
        }
    }

    // MARK: Erasing

    /// Destroys the contents of messages for good.
    ///
    /// - Parameter progress: how many are erased.
    /// - Returns: how many were erased.
    package func erase(_ selection: AuditSelection, progress: (Int) -> Void) throws -> Int {
        let meant = try selection.selection()
        return try reading {
            if case .message(let message) = meant, try archive.life(of: message) == nil {
                throw AuditMiss("the journal has no message \(message)")
            }
            let sources = JournalSources { AuditTime.now }
            do {
                return try Erasure(archive: archive, sources: sources, peer: "uid:\(getuid())")
                    .run(meant, progress: progress)
            } catch let failure as ErasureFailure {
                throw ProcessError(TerminalText.safe("\(failure)"))
            }
        }
    }

    private static func recordName(_ text: String) throws -> RecordName {
        guard let name = RecordName(text) else {
            throw AuditUsageError("this takes the id of a message or the number of a record")
        }
        return name
    }

    /// Puts what is wrong with the journal into the words of a command.
    private func reading<Value>(_ work: () throws -> Value) throws -> Value {
        do {
            return try work()
        } catch let error as JournalStoreError {
            // What an engine says can repeat what stands in the file.
            throw ProcessError("the journal can not be used: " + TerminalText.safe("\(error)"))
        } catch let fault as LogFault {
            throw AuditFault("fault: \(fault)")
        } catch let fault as UnsignedLog {
            throw AuditFault("fault: \(fault)")
        } catch let fault as UnreadableTrail {
            throw AuditFault("fault: \(fault)")
        }
    }
}
