/// Which reads are recorded.
package enum ReadRecording: String, Sendable, Hashable, CaseIterable {
    case none
    /// Those that went to Divar.
    case upstream
    /// Those that were answered from memory, too.
    case all
}
