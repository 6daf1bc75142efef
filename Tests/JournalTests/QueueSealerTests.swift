import Crypto
import Messaging
import Testing

@testable import Journal

@Suite struct QueueSealerTests {
    private let message = MessageID(unixMilliseconds: 1_800_000_000_000, random: (1, 2))
    private let other = MessageID(unixMilliseconds: 1_800_000_000_000, random: (1, 3))
    private let payload = Array(#"{"message":{"text":"سلام"},"token":"t"}"#.utf8)

    private func sealer(_ byte: UInt8 = 1) throws -> QueueSealer {
        try #require(QueueSealer([UInt8](repeating: byte, count: QueueSealer.keyLength)))
    }

    @Test(arguments: [0, 16, 31, 33, 64]) func `a key has 32 bytes`(count: Int) {
        #expect(QueueSealer([UInt8](repeating: 1, count: count)) == nil)
    }

    @Test func `what was sealed is opened with the same key for the same message`() throws {
        let sealed = try sealer().seal(payload, of: message)
        #expect(sealed.count == 12 + payload.count + 16)
        #expect(try sealer().open(sealed, of: message) == payload)
        #expect(try sealer().open(sealer().seal([], of: message), of: message) == [])
    }

    @Test func `another key or another message opens nothing`() throws {
        let sealed = try sealer().seal(payload, of: message)
        #expect(try sealer(2).open(sealed, of: message) == nil)
        #expect(QueueSealer().open(sealed, of: message) == nil)
        #expect(try sealer().open(sealed, of: other) == nil)
    }

    @Test func `every changed byte and every length is noticed`() throws {
        let sealed = try sealer().seal(payload, of: message)
        for index in sealed.indices {
            for bit in [0x01, 0x80] as [UInt8] {
                var changed = sealed
                changed[index] ^= bit
                #expect(try sealer().open(changed, of: message) == nil, "byte \(index)")
            }
            #expect(try sealer().open(Array(sealed.prefix(index)), of: message) == nil, "\(index) bytes")
        }
        #expect(try sealer().open(sealed + [0], of: message) == nil)
    }

    @Test func `no two sealings are the same, and none shows what it holds`() throws {
        let sealer = try sealer()
        let sealings = try (0..<50).map { _ in try sealer.seal(payload, of: message) }
        #expect(Set(sealings).count == 50)
        let part = Array("token".utf8)
        for sealed in sealings {
            #expect(!sealed.indices.contains { Array(sealed[$0...].prefix(part.count)) == part })
        }
    }

    @Test func `two queues that were made for a trial can't read each other`() throws {
        let (one, two) = (QueueSealer(), QueueSealer())
        let sealed = try one.seal(payload, of: message)
        #expect(one.open(sealed, of: message) == payload)
        #expect(two.open(sealed, of: message) == nil)
    }

    @Test func `what was sealed is opened as another implementation would`() throws {
        let sealed = try sealer().seal(payload, of: message)
        let opened = try AES.GCM.open(
            AES.GCM.SealedBox(combined: sealed), using: SymmetricKey(data: [UInt8](repeating: 1, count: 32)),
            authenticating: Array("divar-gateway queue".utf8) + message.bytes)
        #expect(Array(opened) == payload)
    }
}
