private import Crypto
package import Messaging

/// Seals what a message in the queue needs to be sent, a user's token among it: AES-256-GCM (NIST SP 800-38D), bound to
/// the message's id. Pure but for the random nonces; any thread.
package struct QueueSealer: Sendable {
    package static let keyLength = 32

    private let key: [UInt8]

    /// Nil where there aren't 32 bytes.
    package init?(_ key: [UInt8]) {
        guard key.count == QueueSealer.keyLength else { return nil }
        self.key = key
    }

    /// A key for a queue that is gone with the process.
    package init() {
        key = ContentSealer.makeRecordKey()
    }

    /// Throws where the random source fails.
    package func seal(_ payload: [UInt8], of message: MessageID) throws -> [UInt8] {
        let box = try AES.GCM.seal(
            payload, using: SymmetricKey(data: key), authenticating: QueueSealer.context(message))
        return box.combined.map(Array.init) ?? []
    }

    /// Nil where it was sealed under another key, for another message, or was changed.
    package func open(_ sealed: [UInt8], of message: MessageID) -> [UInt8]? {
        guard let box = try? AES.GCM.SealedBox(combined: sealed),
            let payload = try? AES.GCM.open(
                box, using: SymmetricKey(data: key), authenticating: QueueSealer.context(message))
        else { return nil }
        return Array(payload)
    }

    private static func context(_ message: MessageID) -> [UInt8] {
        Array("divar-gateway queue".utf8) + message.bytes
    }
}
