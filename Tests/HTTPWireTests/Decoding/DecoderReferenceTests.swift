import Foundation
@testable import HTTPWire
import NIOCore
import SeededCases
import Testing

/// Our decoder beside llhttp, which most servers and many proxies read requests with: whatever we take, it takes too,
/// and means the same by it. It need not be so the other way round.
///
/// Left out, and why:
/// - `Upgrade`: NIO's decoder reads nothing behind it, ours passes it over, as a server may (RFC 9110 section 7.8).
/// - `Proxy-Connection`: llhttp closes the connection for it. It is no field of HTTP.
/// - HTTP/1.0 with `keep-alive`: we close, so that nothing behind it is read by us.
@Suite(.timeLimit(.minutes(2)))
struct DecoderReferenceTests {
    private static let cases = 30_000

    /// What a count of cases gives, by a thread of its own: the threads of Swift's pool are for tests that wait.
    private static func onThread<T: Sendable>(_ work: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { ended in
            Thread { ended.resume(returning: work()) }.start()
        }
    }

    private struct Tally: Sendable {
        var differences: [String] = []
        var whole = 0
        var refused = 0
        var pipelined = 0
    }

    @Test func `what we take, llhttp takes with the same meaning`() async {
        let tally = await Self.onThread {
            var tally = Tally()
            for number in 0..<Self.cases where tally.differences.count < 5 {
                var generator = RequestGenerator(random: SplitMix64(seed: SplitMix64.seed &+ UInt64(number)))
                let bytes = generator.stream()
                let ours = RequestReading.ours(generator.cut(bytes))
                let theirs = RequestReading.reference(generator.cut(bytes))
                tally.whole += ours.requests.count { $0.isWhole }
                tally.refused += ours.refusal == nil ? 0 : 1
                tally.pipelined += ours.requests.count > 1 ? 1 : 0
                if let difference = ours.difference(from: theirs) {
                    let text = String(decoding: bytes, as: UTF8.self).debugDescription
                    tally.differences.append("\(difference); of \(text); \(replay(number))")
                }
            }
            return tally
        }
        #expect(tally.differences == [])
        // Both ways are gone often enough to say something.
        #expect(tally.whole > Self.cases / 4 && tally.pipelined > Self.cases / 10, "\(tally)")
        #expect(tally.refused > Self.cases / 4, "\(tally)")
    }

    @Test func `well-formed requests are all taken, and alike`() async {
        let differences = await Self.onThread {
            var differences: [String] = []
            for number in 0..<5_000 where differences.count < 5 {
                let random = SplitMix64(seed: SplitMix64.seed &+ UInt64(number))
                var generator = RequestGenerator(random: random, oddity: 0)
                let bytes = generator.stream()
                let ours = RequestReading.ours(generator.cut(bytes))
                let repeats = ours.refusal?.hasPrefix("repeatedField") == true
                let difference = ours.refusal ?? ours.difference(from: .reference([bytes]))
                if let difference, !repeats {
                    let text = String(decoding: bytes, as: UTF8.self).debugDescription
                    differences.append("\(difference); of \(text); \(replay(number))")
                }
            }
            return differences
        }
        #expect(differences == [])
    }

    @Test func `bytes mean the same wherever they are cut`() async {
        let differences = await Self.onThread {
            var differences: [String] = []
            for number in 0..<20_000 where differences.count < 5 {
                var generator = RequestGenerator(random: SplitMix64(seed: SplitMix64.seed &+ UInt64(number)))
                let bytes = generator.stream()
                let whole = RequestReading.ours([bytes])
                for parts in [generator.cut(bytes), bytes.map { [$0] }] where RequestReading.ours(parts) != whole {
                    let text = String(decoding: bytes, as: UTF8.self).debugDescription
                    differences.append("\(whole) or \(RequestReading.ours(parts)); of \(text); \(replay(number))")
                }
            }
            return differences
        }
        #expect(differences == [])
    }
}
