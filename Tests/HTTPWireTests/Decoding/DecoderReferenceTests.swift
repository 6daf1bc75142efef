import Foundation
@testable import HTTPWire
import NIOCore
import SeededCases
import Testing

/// Our decoder beside llhttp, which many servers and proxies read requests with: whatever we take, it takes too, and
/// means the same by it. It need not be so the other way round.
///
/// Left out, and why:
/// - `Upgrade`: NIO's decoder reads nothing behind it, ours passes it over, as a server may (RFC 9110 section 7.8).
/// - `Proxy-Connection`: llhttp closes the connection for it. It is no field of HTTP.
/// - HTTP/1.0 with `keep-alive`, and `TRACE`: we close, so nothing behind them is read by us.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct DecoderReferenceTests {
    private static let cases = 20_000

    /// What work gives, by a thread of its own: the threads of Swift's pool are for tests that wait.
    private static func onThread<T: Sendable>(_ work: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { ended in
            Thread { ended.resume(returning: work()) }.start()
        }
    }

    /// The first complaints about a count of cases.
    private static func complaints(
        of count: Int, upTo limit: Int = 5,
        _ check: @escaping @Sendable (_ bytes: [UInt8], inout RequestGenerator) -> String?
    ) async -> [String] {
        await onThread {
            var complaints: [String] = []
            for number in 0..<count where complaints.count < limit {
                var generator = RequestGenerator(number: number)
                let bytes = generator.stream()
                guard let complaint = check(bytes, &generator) else { continue }
                complaints.append("\(complaint); of \(RequestGenerator.text(bytes)); \(replay(number))")
            }
            return complaints
        }
    }

    @Test func `what we take, llhttp takes with the same meaning`() async {
        let complaints = await Self.complaints(of: Self.cases) { bytes, _ in
            RequestReading.ours([bytes]).difference(from: .reference([bytes]))
        }
        #expect(complaints == [])
    }

    /// Else the comparison would say little.
    @Test func `the cases are about half and half of what is taken and what is refused`() async {
        let readings = await Self.onThread {
            (0..<3000).map { number in
                var generator = RequestGenerator(number: number)
                return RequestReading.ours([generator.stream()])
            }
        }
        #expect((1000...2500).contains(readings.count { $0.refusal != nil }))
        #expect(readings.count { $0.requests.contains { $0.isWhole } } > 1200)
        #expect(readings.count { $0.requests.contains { $0.isWhole && !$0.body.isEmpty } } > 500)
        #expect(readings.count { $0.requests.count > 1 } > 400)
        #expect(Set(readings.compactMap(\.refusal)).count > 8)
    }

    @Test func `well-formed requests are all taken, and alike`() async {
        let complaints = await Self.onThread {
            var complaints: [String] = []
            for number in 0..<3_000 where complaints.count < 5 {
                var generator = RequestGenerator(number: number, isWellFormed: true)
                let bytes = generator.stream()
                let ours = RequestReading.ours(generator.cut(bytes))
                guard let complaint = ours.refusal ?? ours.difference(from: .reference([bytes])),
                    !complaint.hasPrefix("repeatedField")
                else { continue }
                complaints.append("\(complaint); of \(RequestGenerator.text(bytes)); \(replay(number))")
            }
            return complaints
        }
        #expect(complaints == [])
    }

    @Test func `bytes mean the same wherever they are cut`() async {
        let complaints = await Self.complaints(of: 8_000) { bytes, generator in
            let whole = RequestReading.ours([bytes])
            let parts = [generator.cut(bytes), bytes.map { [$0] }].map { RequestReading.ours($0) }
            return parts.allSatisfy { $0 == whole } ? nil : "\(whole) or \(parts)"
        }
        #expect(complaints == [])
    }

    @Test(arguments: Leniency.allCases)
    func `a bug is noticed`(_ leniency: Leniency) async {
        let complaints = await Self.complaints(of: Self.cases, upTo: 1) { bytes, _ in
            let forgiven = leniency.forgive(bytes)
            guard forgiven != bytes else { return nil }
            return RequestReading.ours([forgiven]).difference(from: .reference([bytes]))
        }
        #expect(!complaints.isEmpty, "no case shows that the decoder \(leniency.rawValue)")
    }
}
