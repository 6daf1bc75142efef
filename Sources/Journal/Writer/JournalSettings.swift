/// How a journal is kept.
package struct JournalSettings: Sendable {
    /// Submissions that may wait; beyond that, intents are refused.
    package var queue = 8192
    /// Submissions in one transaction. More would not be faster: at 512 the sync is below a tenth of the work.
    package var batch = 512
    /// A checkpoint is signed after so many records…
    package var checkpointRecords = 1024
    /// …or so long after the first that no checkpoint covers.
    package var checkpointInterval: Duration = .seconds(10)
    /// Contents older than this are destroyed; nil keeps them.
    package var contentAge: Duration?
    /// Records older than this are removed; nil keeps them.
    package var recordAge: Duration?

    package init() {}

    /// How often a failed journal is tried again.
    static let recoveryInterval: Duration = .milliseconds(200)
    /// How often the place of an idle journal is looked at, and its free space.
    static let checkInterval: Duration = .milliseconds(500)
    /// How often ageing is looked after, and how much of it goes into one transaction: some ten milliseconds.
    static let ageingInterval: Duration = .seconds(1)
    static let ageingStep = 256
    /// Messages that failed and are kept to be sent again; beyond that the oldest are dropped.
    package static let maximumFailed = 10_000
}
