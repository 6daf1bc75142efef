import JournalConformance
import Messaging
import Testing

@testable import Journal

/// A writer over the model, with a clock that the test moves and faults that it makes.
final class WriterRig {
    static let diskFull = JournalStoreError(.diskFull, "no space")
    static let broken = JournalStoreError(.inputOutput, "a disk")
    static let low = JournalStoreError(.lowSpace, "a little space")
    static let missing = JournalStoreError(.missing, "no file")

    let file: InMemoryFile
    let script = StoreScript()
    let clock: SampleClock
    let observer = RecordingObserver()
    let client = RecordingClient()
    let gateway: SampleGateway
    let writer: JournalWriter

    /// - Parameter file: what the journal holds already.
    init(
        _ file: InMemoryFile = InMemoryFile(log: SampleLog.id),
        clock: SampleClock = SampleClock(),
        settings: JournalSettings = JournalSettings(),
        sealer: ContentSealer = ContentSealer()
    ) async throws {
        (self.file, self.clock) = (file, clock)
        gateway = try SampleGateway(InMemoryUnderTest(file), clock: clock, sealer: sealer)
        let (script, signer) = (script, gateway.signer)
        writer = try await JournalWriter.start(
            settings: settings, sealer: sealer, sources: clock.sources, observer: observer
        ) {
            (ScriptedStore(file, script: script), signer)
        }
    }

    // MARK: Submitting

    /// Hands a submission over and waits for what becomes of it.
    func submit(_ submission: Submission) async throws -> JournalResult {
        await client.result(of: try #require(client.post(submission, to: writer)))
    }

    /// The same, in a word.
    func word(_ submission: Submission) async throws -> String {
        try await submit(submission).word
    }

    /// An intent that is on disk.
    func open(_ text: String = "text", key: String? = nil) async throws -> IntentSubmission {
        let intent = try gateway.intent(text, key: key)
        #expect(try await word(.intent(intent)) == "committed")
        return intent
    }

    func sent(_ intent: IntentSubmission, answer: [UInt8]? = nil) -> Submission {
        .outcome(SampleGateway.outcome(.sent), of: intent.message, answer: answer)
    }

    /// Lets the journal's thread come round once; it tries to recover before it answers.
    func turn() async throws {
        _ = try await submit(.lookUp(clock.makeID()))
    }

    /// Lets enough time pass for another try, and waits until it was made.
    func tryAgain() async throws {
        clock.advance(by: .seconds(1))
        try await turn()
    }

    /// Ends the gateway so that nothing more is written, as a kill does.
    func kill() async {
        script.fail(by: { .before(WriterRig.broken) })
        await writer.stop()
    }

    // MARK: Looking

    func report(_ intent: IntentSubmission) throws -> MessageReport? {
        try gateway.store.life(of: intent.message)?.report
    }

    /// Outcome and reason of a message.
    func end(of intent: IntentSubmission) throws -> [String?] {
        let report = try report(intent)
        return [report?.outcome?.rawValue, report?.reason]
    }

    /// All records, each as a view.
    func records() throws -> [RecordView] {
        try gateway.engine.archive().records(1...100_000, containing: nil).compactMap { RecordView($0.body) }
    }

    /// The messages of the outcomes, in their order.
    func outcomes() throws -> [String] {
        try records().filter { $0["kind"] == "outcome" }.compactMap { $0["message"] }
    }
}
