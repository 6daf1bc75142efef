/// One of the two windows in which Divar counts an app's requests.
package enum QuotaWindow: String, Sendable, Hashable, CaseIterable {
    case minute, day

    /// In microseconds, like all times here.
    var length: Int64 {
        switch self {
        case .minute: 60_000_000
        case .day: 86_400_000_000
        }
    }

    /// How finely its uses are remembered.
    var bucket: Int64 {
        switch self {
        case .minute: 1_000_000
        case .day: 300_000_000
        }
    }
}
