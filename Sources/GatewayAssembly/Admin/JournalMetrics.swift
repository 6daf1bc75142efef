private import Metrics
internal import Observability

/// What is seen of the journal's batches.
struct JournalMetrics: Sendable {
    private let commits = Metrics.Timer(label: "divar_gateway_journal_commit_duration_seconds")
    private let records = Recorder(label: "divar_gateway_journal_commit_records", aggregate: true)

    static let described = [
        MetricDescription(
            "divar_gateway_journal_commit_duration_seconds", .histogram,
            bounds: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
            "From the taking up of a batch to its being on disk."),
        MetricDescription(
            "divar_gateway_journal_commit_records", .histogram, bounds: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
            "Records that were written in one transaction."),
    ]

    func committed(submissions: Int, records count: Int, within duration: Duration) {
        commits.recordNanoseconds(Int64(duration / .nanoseconds(1)))
        records.record(count)
    }
}
