import SeededCases
import Synchronization
import Testing

@testable import Messaging

/// What becomes of a secret's memory, and how long a look at it takes.
@Suite struct SecretMemoryTests {
    /// What was seen of memory just before it went back.
    private final class Seen: Sendable {
        private let bytes = Mutex<[[UInt8]]>([])

        var all: [[UInt8]] { bytes.withLock { $0 } }

        func see(_ span: Span<UInt8>) {
            let copy = span.indices.map { span[$0] }
            bytes.withLock { $0.append(copy) }
        }
    }

    private static let text = Array("s3cr3t-KEY-0123456789".utf8)

    private func exposed(_ secret: Secret) -> [UInt8] {
        secret.withExposedBytes { span in span.indices.map { span[$0] } }
    }

    @Test func `the memory of a secret is zero when the last copy of it goes, and not before`() {
        let seen = Seen()
        var first: Secret? = Secret(SecretBytes(copying: SecretMemoryTests.text, witness: seen.see))
        var second = first
        first = nil
        #expect(seen.all == [], "a copy is left")
        #expect(second.map(exposed) == SecretMemoryTests.text)
        second = nil
        #expect(seen.all == [Array(repeating: 0, count: SecretMemoryTests.text.count)])
    }

    @Test func `the memory is zero also where the secret went with what held it`() {
        let seen = Seen()
        var held: [String: [Secret?]] = [
            "a": [Secret(SecretBytes(copying: SecretMemoryTests.text, witness: seen.see)), nil]
        ]
        held["a"]?[0] = nil
        #expect(seen.all.count == 1 && seen.all.joined().allSatisfy { $0 == 0 })
    }

    @Test func `a secret lives as long as it is looked at`() {
        let seen = Seen()
        let bytes = Secret(SecretBytes(copying: SecretMemoryTests.text, witness: seen.see)).withExposedBytes { span in
            #expect(seen.all == [])
            return span.indices.map { span[$0] }
        }
        #expect(bytes == SecretMemoryTests.text)
        #expect(seen.all.count == 1)
    }

    @Test func `bytes that a secret takes over are gone where they were`() {
        var bytes = SecretMemoryTests.text.map { $0 }
        let secret = Secret(erasing: &bytes)
        #expect(bytes == [] && exposed(secret) == SecretMemoryTests.text)
        var none: [UInt8] = []
        #expect(exposed(Secret(erasing: &none)) == [] && Secret("") == Secret(erasing: &none))
    }

    @Test func `bytes come out as they went in, and equal secrets are equal`() {
        var generator = SplitMix64()
        for number in 0..<500 {
            let bytes = (0...generator.below(600)).map { _ in UInt8(generator.below(256)) }
            var (one, two, other) = (bytes, bytes, bytes)
            other[generator.below(bytes.count)] ^= 1 << UInt8(generator.below(8))
            let (first, second) = (Secret(erasing: &one), Secret(erasing: &two))
            #expect(exposed(first) == bytes && first.byteCount == bytes.count, "\(replay(number))")
            #expect(first == second && first != Secret(erasing: &other), "\(replay(number))")
        }
    }

    /// Not a proof, but an early end shows: it would be some ten thousand times as fast.
    @Test func `comparing takes as long where the first byte differs as where none does`() {
        let bytes = [UInt8](repeating: 7, count: 200_000)
        var (same, early, late) = (bytes, bytes, bytes)
        early[0] = 8
        late[bytes.count - 1] = 8
        var original = bytes
        let secret = Secret(erasing: &original)
        let others = [Secret(erasing: &same), Secret(erasing: &early), Secret(erasing: &late)]
        let clock = ContinuousClock()
        let times = others.map { other in
            (0..<9).map { _ in clock.measure { _ = secret == other } }.min() ?? .zero
        }
        let (least, most) = (times.min() ?? .zero, times.max() ?? .zero)
        #expect(least * 2 > most, "equal, first and last byte different took \(times)")
    }
}
