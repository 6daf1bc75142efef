internal import Crypto
private import FoundationEssentials
package import Messaging

/// Makes record keys, and seals and opens what a journal keeps under them: AES-256-GCM (NIST SP 800-38D).
///
/// `docs/audit-trail.md` fixes every byte. Pure but for the random keys and nonces; any thread.
package struct ContentSealer: Sendable {
    private let masterKeys: [MasterKey]
    private let keepsContent: Bool

    /// Keeps no content: record keys lie open beside the records, and commitments are all there is.
    package init() {
        masterKeys = []
        keepsContent = false
    }

    /// Keeps contents under the first master key, and opens what lies under any of them.
    package init(masterKeys: [MasterKey], keepsContent: Bool = true) {
        self.masterKeys = masterKeys
        self.keepsContent = keepsContent && !masterKeys.isEmpty
    }

    package static func makeRecordKey() -> [UInt8] {
        let words = (0..<4).map { _ in UInt64.random(in: .min ... .max) }
        return words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) } }
    }

    /// Throws where the random source fails.
    package func seal(_ content: [UInt8], of message: MessageID, recordKey: [UInt8]) throws -> SealedContent {
        guard keepsContent, let master = masterKeys.first else { return SealedContent(key: recordKey) }
        let sealed = try AES.GCM.seal(
            content, using: ContentSealer.contentKey(recordKey), authenticating: message.bytes
        )
        return SealedContent(
            key: try wrap(recordKey, of: message, under: master),
            master: master.id,
            content: sealed.combined.map(Array.init)
        )
    }

    /// The record key; nil where its master key is not at hand, or it was changed.
    package func recordKey(_ sealed: SealedContent, of message: MessageID) -> [UInt8]? {
        guard let id = sealed.master else { return sealed.key }
        guard let master = masterKeys.first(where: { $0.id == id }),
            let box = try? AES.GCM.SealedBox(combined: sealed.key),
            let key = try? AES.GCM.open(box, using: master.key, authenticating: ContentSealer.wrapContext(message))
        else { return nil }
        return Array(key)
    }

    /// The content; nil where none is kept, or it can't be opened.
    package func content(_ sealed: SealedContent, of message: MessageID) -> [UInt8]? {
        guard let content = sealed.content, let key = recordKey(sealed, of: message),
            let box = try? AES.GCM.SealedBox(combined: content),
            let opened = try? AES.GCM.open(
                box, using: ContentSealer.contentKey(key), authenticating: message.bytes
            )
        else { return nil }
        return Array(opened)
    }

    /// The same under the first master key; nil where it is so already, or can't be opened.
    package func rewrapped(_ sealed: SealedContent, of message: MessageID) throws -> SealedContent? {
        guard let master = masterKeys.first, let id = sealed.master, id != master.id,
            let key = recordKey(sealed, of: message)
        else { return nil }
        var sealed = sealed
        sealed.key = try wrap(key, of: message, under: master)
        sealed.master = master.id
        return sealed
    }

    /// The id of the key under which new record keys are kept; nil where they lie open.
    package var currentMaster: String? { keepsContent ? masterKeys.first?.id : nil }

    private func wrap(_ key: [UInt8], of message: MessageID, under master: MasterKey) throws -> [UInt8] {
        let box = try AES.GCM.seal(key, using: master.key, authenticating: ContentSealer.wrapContext(message))
        // Nonce, ciphertext and tag; only a nonce of an unusual length leaves this nil.
        return box.combined.map(Array.init) ?? []
    }

    private static func wrapContext(_ message: MessageID) -> [UInt8] {
        Array("divar-gateway record key".utf8) + message.bytes
    }

    /// The record key commits; another one derived from it encrypts, so that neither use weakens the other.
    private static func contentKey(_ recordKey: [UInt8]) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: recordKey),
            info: Array("divar-gateway content".utf8),
            outputByteCount: MasterKey.length
        )
    }
}
