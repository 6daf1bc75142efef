import Crypto
import JournalConformance
import Messaging
import Testing

@testable import Journal

@Suite struct ContentSealerTests {
    private let message = MessageID(unixMilliseconds: 1_800_000_000_000, random: (1, 2))
    private let other = MessageID(unixMilliseconds: 1_800_000_000_000, random: (1, 3))
    private let content = Array(#"{"text":"سلام"}"#.utf8)
    private let recordKey = [UInt8](repeating: 9, count: 32)

    private func sealer(_ keys: UInt8..., keepsContent: Bool = true) throws -> ContentSealer {
        ContentSealer(masterKeys: try keys.map { try Samples.masterKey($0) }, keepsContent: keepsContent)
    }

    @Test func `without a master key the record key lies open and no content is kept`() throws {
        for sealer in [ContentSealer(), ContentSealer(masterKeys: []), try sealer(1, keepsContent: false)] {
            let sealed = try sealer.seal(content, of: message, recordKey: recordKey)
            #expect(sealed == SealedContent(key: recordKey))
            #expect(sealer.recordKey(sealed, of: message) == recordKey)
            #expect(sealer.content(sealed, of: message) == nil)
            #expect(sealer.currentMaster == nil)
        }
    }

    @Test func `what was sealed is opened with the same master key, wherever it stands in the list`() throws {
        let sealed = try sealer(1).seal(content, of: message, recordKey: recordKey)
        #expect(sealed.master == (try Samples.masterKey(1)).id)
        #expect(sealed.key.count == 12 + 32 + 16)
        #expect(sealed.content?.count == 12 + content.count + 16)
        for sealer in [try sealer(1), try sealer(2, 1), try sealer(1, keepsContent: false)] {
            #expect(sealer.recordKey(sealed, of: message) == recordKey)
            #expect(sealer.content(sealed, of: message) == content)
        }
        for sealer in [try sealer(2), ContentSealer()] {
            #expect(sealer.recordKey(sealed, of: message) == nil)
            #expect(sealer.content(sealed, of: message) == nil)
        }
    }

    @Test func `what was sealed is opened as another implementation would`() throws {
        let sealed = try sealer(1).seal(content, of: message, recordKey: recordKey)
        let master = SymmetricKey(data: [UInt8](repeating: 1, count: 32))
        let key = try AES.GCM.open(
            AES.GCM.SealedBox(combined: sealed.key), using: master,
            authenticating: Array("divar-gateway record key".utf8) + message.bytes)
        #expect(Array(key) == recordKey)
        let contentKey = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: recordKey), salt: [UInt8](),
            info: Array("divar-gateway content".utf8), outputByteCount: 32)
        let opened = try AES.GCM.open(
            AES.GCM.SealedBox(combined: try #require(sealed.content)), using: contentKey, authenticating: message.bytes)
        #expect(Array(opened) == content)
    }

    @Test func `no two sealings are the same`() throws {
        let sealer = try sealer(1)
        let sealings = try (0..<50).map { _ in try sealer.seal(content, of: message, recordKey: recordKey) }
        #expect(Set(sealings.map(\.key)).count == 50)
        #expect(Set(sealings.map(\.content)).count == 50)
        #expect(Set((0..<50).map { _ in ContentSealer.makeRecordKey() }).count == 50)
        #expect(ContentSealer.makeRecordKey().count == Commitment.keyLength)
    }

    @Test func `what belongs to another message is not opened`() throws {
        let sealer = try sealer(1)
        let sealed = try sealer.seal(content, of: message, recordKey: recordKey)
        #expect(sealer.recordKey(sealed, of: other) == nil)
        #expect(sealer.content(sealed, of: other) == nil)
        // Nor is a content under another message's key, though both can be opened alone.
        var mixed = try sealer.seal(content, of: other, recordKey: recordKey)
        mixed.content = sealed.content
        #expect(sealer.recordKey(mixed, of: other) == recordKey)
        #expect(sealer.content(mixed, of: other) == nil)
    }

    @Test func `every flipped bit is noticed`() throws {
        let sealer = try sealer(1)
        let sealed = try sealer.seal(content, of: message, recordKey: recordKey)
        for index in sealed.key.indices {
            var changed = sealed
            changed.key[index] ^= 0x10
            #expect(sealer.recordKey(changed, of: message) == nil, "byte \(index) of the key")
            #expect(sealer.content(changed, of: message) == nil)
            changed.key.removeLast()
            #expect(sealer.recordKey(changed, of: message) == nil)
        }
        let bytes = try #require(sealed.content)
        for index in bytes.indices {
            var changed = sealed
            changed.content?[index] ^= 1
            #expect(sealer.content(changed, of: message) == nil, "byte \(index) of the content")
            #expect(sealer.recordKey(changed, of: message) == recordKey)
        }
        for kept in [0, 1, 12, 27] {
            var cut = sealed
            cut.content = Array(bytes.prefix(kept))
            cut.key = Array(sealed.key.prefix(kept))
            #expect(sealer.recordKey(cut, of: message) == nil)
            #expect(sealer.content(cut, of: message) == nil)
        }
    }

    @Test func `a key is put under the newest master key once, and opens the same content`() throws {
        let sealed = try sealer(1).seal(content, of: message, recordKey: recordKey)
        let sealer = try sealer(2, 1)
        let anew = try #require(try sealer.rewrapped(sealed, of: message))
        #expect(anew.master == (try Samples.masterKey(2)).id)
        #expect(anew.content == sealed.content)
        #expect(anew.key != sealed.key)
        #expect(try self.sealer(2).content(anew, of: message) == content)
        #expect(try self.sealer(1).content(anew, of: message) == nil)
        #expect(try sealer.rewrapped(anew, of: message) == nil, "it is so already")
        #expect(try sealer.rewrapped(sealed, of: other) == nil, "another message's")
        #expect(try self.sealer(3).rewrapped(sealed, of: message) == nil, "its master key isn't at hand")
        #expect(try ContentSealer().rewrapped(sealed, of: message) == nil)
        #expect(try sealer.rewrapped(SealedContent(key: recordKey), of: message) == nil, "it lies open")
    }

    @Test func `a master key has 32 bytes, and a name that says nothing of it`() throws {
        for count in [0, 16, 31, 33] { #expect(MasterKey([UInt8](repeating: 1, count: count)) == nil) }
        let key = try Samples.masterKey(1)
        #expect(key.id == (try Samples.masterKey(1)).id)
        #expect(key.id != (try Samples.masterKey(2)).id)
        // As Python's hashlib computes it.
        #expect(key.id == "9f67e08f6c6daea3")
    }
}
