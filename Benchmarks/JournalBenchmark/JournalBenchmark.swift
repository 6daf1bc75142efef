private import Crypto
private import Foundation
private import Journal
private import NIOCore
private import NIOPosix
private import SQLiteJournal

/// Measures durable sends: two event loops before an upstream that answers at once, against a bare GRDB loop that
/// writes the same records, in turns. `make bench-journal` runs it; the folder given as argument says which disk.
@main
struct JournalBenchmark {
    private static let rounds = 5
    private static let round: Duration = .seconds(3)
    private static let loops = 2
    private static let inFlight = 64

    static func main() async throws {
        let folder = (CommandLine.arguments.dropFirst().first ?? ".build") + "/journal-benchmark-\(getpid())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var ours: [Double] = []
        var bare: [Double] = []
        print("round  sends/s  records/s  bare GRDB records/s  ratio")
        for round in 1...rounds {
            bare.append(try BareLoop(path: "\(folder)/bare-\(round).db", batch: loops * inFlight).run(for: Self.round))
            ours.append(try await sends(path: "\(folder)/journal-\(round).db"))
            let (sends, records) = (ours[round - 1], bare[round - 1])
            print(row(String(round), sends, records))
        }
        print(row("median", median(ours), median(bare)))
    }

    /// Durable sends a second.
    private static func sends(path: String) async throws -> Double {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        let writer = try await JournalWriter.start(
            settings: JournalSettings(),
            sealer: ContentSealer(),
            sources: JournalSources { Int64(Date().timeIntervalSince1970 * 1_000_000) },
            observer: SilentObserver()
        ) {
            let store = try SQLiteJournal(path: path, minimumFree: 0, newLog: LogID(random: (1, 2)))
            return (store, CheckpointSigner(log: store.log, key: Curve25519.Signing.PrivateKey()))
        }
        var drivers: [LoopDriver] = []
        for loop in group.makeIterator() {
            drivers.append(
                try await loop.submit {
                    let driver = LoopDriver(writer: writer, eventLoop: loop)
                    driver.start(inFlight: inFlight)
                    return driver
                }.get()
            )
        }
        let clock = ContinuousClock()
        let start = clock.now
        let before = drivers.reduce(0) { $0 + $1.count }
        try await Task.sleep(for: round)
        let sent = drivers.reduce(0) { $0 + $1.count } - before
        let seconds = (clock.now - start) / .seconds(1)
        for driver in drivers { driver.stop() }
        await writer.stop()
        try await group.shutdownGracefully()
        return Double(sent) / seconds
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    private static func row(_ name: String, _ sends: Double, _ bare: Double) -> String {
        let columns = [String(Int(sends)), String(Int(2 * sends)), String(Int(bare)), ratio(2 * sends / bare)]
        let widths = [7, 9, 19, 5]
        return zip(columns, widths).reduce(name.padding(toLength: 6, withPad: " ", startingAt: 0)) { line, column in
            line + " " + String(repeating: " ", count: max(0, column.1 - column.0.count)) + column.0
        }
    }

    private static func ratio(_ value: Double) -> String { String(format: "%.2f", value) }
}
