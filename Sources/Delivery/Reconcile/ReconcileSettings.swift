/// When a message whose outcome is unknown is looked for in its conversation. Times in microseconds.
package struct ReconcileSettings: Sendable, Hashable {
    package var isEnabled = true
    /// Divar is believed to have acted on a request so long after its end, or never.
    package var settle: Int64 = 60_000_000
    /// Messages that are looked for at once; more are left undecided.
    package var maximumCandidates = 256
    /// Between two reads, whoever they are for: looking must not eat the quota.
    package var interval: Int64 = 500_000

    package init() {}

    /// By so much Divar's clock and ours may differ, for `sent_at` to be compared with our times.
    static let clockTolerance: Int64 = 3_000_000
    /// `sent_at` may lie so far outside of what our times say: clocks differ, and are read at other moments.
    static let slack: Int64 = 5_000_000

    /// After the attempt's end.
    var reads: [Int64] {
        [min(settle / 20, 2_000_000), settle / 4, settle + settle / 60, settle + settle / 2 + settle / 30]
    }
    /// Two reads that show nothing must be so far apart.
    var confirmation: Int64 { settle / 2 }
    /// Messages sent so long before or after may be taken for one another.
    var span: Int64 { settle + 2 * ReconcileSettings.slack }
}
