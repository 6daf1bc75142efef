import Custody
import Egress
import Foundation
import GatewayAssembly
import Journal
import Testing

@Suite struct JournalConfigurationTests {
    private let minimal = "apps: {default: {keys: [{env: KEY}]}}\n"

    private func read(_ yaml: String) throws -> Configuration.Trail {
        try ConfigurationReader.read(yaml: minimal + yaml).trail
    }

    private func problems(_ yaml: String) -> [String] {
        do {
            _ = try ConfigurationReader.read(yaml: minimal + yaml)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test func `what is said of the trail is what holds`() throws {
        let trail = try read(
            """
            journal: {path: /srv/journal.db, min_free: 1MiB, queue: 100}
            audit:
              reads: none
              content: encrypted
              master_keys: [{file: /a}, {env: B}]
              signing_key: /srv/key
              checkpoint_records: 10
              checkpoint_interval: 2s
              retention: {content: 90d, records: 400d}
            idempotency: {ttl: 1h}
            """
        )
        #expect(trail.path == "/srv/journal.db")
        #expect(trail.minimumFree == 1_048_576)
        #expect(trail.settings.queue == 100)
        #expect(trail.reads == ReadRecording.none)
        #expect(trail.content == .encrypted)
        #expect(trail.masterKeys == [.file(path: "/a"), .environment(variable: "B")])
        #expect(trail.signingKeyPath == "/srv/key")
        #expect(trail.settings.checkpointRecords == 10)
        #expect(trail.settings.checkpointInterval == .seconds(2))
        #expect(trail.settings.contentAge == .seconds(90 * 86_400))
        #expect(trail.settings.recordAge == .seconds(400 * 86_400))
        #expect(trail.idempotency == .seconds(3600))
    }

    @Test(arguments: [
        ("journal: {path: journal.db}", "journal.path"), ("journal: {min_free: lots}", "journal.min_free"),
        ("journal: {queue: 1}", "journal.queue"), ("journal: {file: /x}", "journal.file"),
        ("audit: {reads: some}", "audit.reads"), ("audit: {content: plain}", "audit.content"),
        ("audit: {content: encrypted}", "audit.master_keys"), ("audit: {master_keys: [x]}", "audit.master_keys"),
        ("audit: {checkpoint_records: 0}", "audit.checkpoint_records"),
        ("audit: {checkpoint_interval: 0s}", "audit.checkpoint_interval"),
        ("audit: {retention: {content: 0s}}", "audit.retention.content"),
        ("audit: {retention: {texts: 1d}}", "audit.retention.texts"), ("idempotency: {ttl: 31d}", "idempotency.ttl"),
        ("idempotency: {ttl: 24}", "idempotency.ttl"), ("idempotency: {kept: 1h}", "idempotency.kept"),
    ])
    func `what can't hold is named with its line`(yaml: String, key: String) {
        let found = problems(yaml)
        #expect(!found.isEmpty)
        #expect(found.allSatisfy { $0.hasPrefix("2: ") && $0.contains(key) }, "\(found)")
    }

    @Test func `a master key is sixty-four digits and is never repeated`() throws {
        let digits = String(repeating: "0f", count: 32)
        let yaml = minimal + "audit: {content: encrypted, master_keys: [{env: GOOD}, {env: BAD}, {env: NONE}]}"
        let configuration = try ConfigurationReader.read(yaml: yaml)
        let error = #expect(throws: ConfigurationError.self) {
            try AuditKeys.masterKeys(of: configuration, environment: ["GOOD": digits, "BAD": digits + "0f"])
        }
        #expect(error?.problems.count == 2)
        #expect(error?.description.contains(digits) == false)
        #expect(
            try AuditKeys.masterKeys(of: configuration, environment: ["GOOD": digits, "BAD": digits, "NONE": digits])
                .count == 3
        )
    }

    @Test func `a signing key is made once, for its owner alone, and another one is refused`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let log = try #require(LogID("00112233445566778899aabbccddeeff"))
        func signer(_ key: String) throws -> CheckpointSigner {
            try AuditKeys.signer(of: log, keyPath: "\(folder)/\(key)", verifierKeyPath: folder + "/j.vkey")
        }
        let made = try signer("j.key").verifierKey
        #expect(try signer("j.key").verifierKey == made)
        let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/j.key")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(throws: ProcessError.self) { try signer("other.key") }
        try "not a key".write(toFile: folder + "/j.key", atomically: true, encoding: .utf8)
        #expect(throws: ProcessError.self) { try signer("j.key") }
    }
}
