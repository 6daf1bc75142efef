import Crypto
import Journal
import Messaging

/// A small log with checkpoints every four records, and its key.
struct SampleLog {
    static let id = LogID("00112233445566778899aabbccddeeff")!

    var records: [StoredRecord] = []
    var checkpoints: [Int: String] = [:]
    let signer: CheckpointSigner

    init(count: Int, log: LogID = SampleLog.id, seed: UInt8 = 1) throws {
        let key = try Curve25519.Signing.PrivateKey(rawRepresentation: [UInt8](repeating: seed, count: 32))
        signer = CheckpointSigner(log: log, key: key)
        var head = LogHead(log: log)
        for number in 1...count {
            records.append(head.append(SampleLog.body(log: log, number: number)))
            if number.isMultiple(of: 4) { checkpoints[number] = try signer.sign(head.checkpoint).description }
        }
    }

    static func body(log: LogID, number: Int) -> [UInt8] {
        var draft = RecordDraft(number.isMultiple(of: 2) ? .outcome : .intent)
        draft.message = MessageID(unixMilliseconds: UInt64(number), random: (1, 2))
        draft.conversation = "conversation-\(number)"
        if number.isMultiple(of: 2) { draft.outcome = .sent }
        return draft.body(
            log: log,
            number: number,
            id: MessageID(unixMilliseconds: UInt64(number), random: (3, 4)),
            at: "2026-11-22T00:00:00.000001Z"
        )
    }

    /// Verifies what is there now, and gives the first fault.
    func fault(from head: LogHead? = nil) -> LogFault? {
        var verifier = LogVerifier(from: head ?? LogHead(log: signer.log), key: signer.verifierKey)
        do {
            for record in records {
                try verifier.read(record)
                if let note = checkpoints[record.number] { try verifier.read(checkpoint: note) }
            }
            try verifier.end(largestCheckpoint: checkpoints.keys.max() ?? 0)
            return nil
        } catch {
            return error
        }
    }
}

extension CheckpointSigner {
    var log: LogID { LogID(String(verifierKey.name.split(separator: "/").last!))! }
}
